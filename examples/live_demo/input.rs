//! Where the lines come from.

use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    thread,
};

use tokio::sync::mpsc::{self, Receiver};

const SAMPLE: &[u8] = include_bytes!("../data/access.log");

#[derive(Clone, Debug)]
pub(crate) enum Input {
    Sample,
    Stdin,
    File(PathBuf),
}

impl Input {
    /// The lines, as often as asked for; those of standard input once.
    pub(crate) fn lines(self, loops: u64) -> Result<Receiver<io::Result<Vec<u8>>>, String> {
        let mut reader = self.open()?;
        let (lines, receiver) = mpsc::channel(256);
        // A plain thread: the program may end while it waits for standard input, where tokio's
        // would have it wait as well.
        thread::spawn(move || {
            for _ in 0..loops {
                let mut is_empty = true;
                for line in reader.split(b'\n') {
                    is_empty = false;
                    if lines.blocking_send(line).is_err() {
                        return; // the player has stopped
                    }
                }
                match self.open() {
                    Ok(again) if !is_empty => reader = again,
                    _ => return,
                }
            }
        });
        Ok(receiver)
    }

    fn open(&self) -> Result<Box<dyn BufRead + Send>, String> {
        Ok(match self {
            Self::Sample => Box::new(SAMPLE),
            Self::Stdin => Box::new(BufReader::new(io::stdin())),
            Self::File(path) => match File::open(path) {
                Ok(file) => Box::new(BufReader::new(file)),
                Err(error) => return Err(format!("cannot open {}: {error}", path.display())),
            },
        })
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sample => f.write_str("the shipped sample"),
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}
