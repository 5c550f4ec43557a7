//! The command line.

use std::path::PathBuf;

use clap::{ColorChoice, Parser};

use crate::files::{looks_like_tree, tree_of};

#[cfg(test)]
mod tests;

/// What the command line says.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "chronologix-view",
    version,
    about = "Follows a chronologix log tree live, all streams merged by time",
    long_about = "Follows a chronologix log tree live: one tab for each stream and one for all of \
                  them merged by time. New interval folders are followed by themselves. Nothing is \
                  ever written to the tree.",
    after_help = EXAMPLES,
    max_term_width = 100,
    color = ColorChoice::Never,
)]
pub(crate) struct Cli {
    #[arg(help = DIR_HELP, env = "CHRONOLOGIX_DIR", hide_env = true, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Print the lines of all interval folders in order instead of showing them; what happens
    /// anyway when the output is not a terminal
    #[arg(short, long)]
    pub(crate) plain: bool,

    /// With --plain: keep printing what is added
    #[arg(short, long)]
    pub(crate) follow: bool,

    /// With --plain: put folder and stream before each line, as grep -H does
    #[arg(short = 'H', long)]
    pub(crate) with_names: bool,
}

const DIR_HELP: &str = "\
The log tree: the folder that holds the interval folders [default: $CHRONOLOGIX_DIR, else the \
working directory if it is a tree, else \"logs\"]";

const EXAMPLES: &str = "\
Examples:
  chronologix-view my_logs                       watch the tree; ? shows the keys
  chronologix-view my_logs/current               the same
  chronologix-view -p my_logs | less             everything, oldest first
  chronologix-view -pf my_logs | grep --line-buffered ERROR
  chronologix-view -pH my_logs > all.txt         with folder and stream before each line

Exit status: 0 if all went well, 1 on an error, 2 on a wrong command line. A reader that closes
the pipe is no error.";

impl Cli {
    /// The tree, and what to call it.
    pub(crate) fn base(&self) -> (PathBuf, String) {
        // An empty variable is as good as none.
        if let Some(dir) = self.dir.as_ref().filter(|dir| !dir.as_os_str().is_empty()) {
            let base = tree_of(dir);
            let name = base.display().to_string();
            return (base, name);
        }
        match std::env::current_dir() {
            Ok(here) if looks_like_tree(&here) => {
                let name = here.display().to_string();
                (here, name)
            }
            _ => (PathBuf::from("logs"), "logs".to_owned()),
        }
    }
}
