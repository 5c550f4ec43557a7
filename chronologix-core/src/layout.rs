//! What is on disk: folder names, file names, lines. Pure.
