//! What is asked for on the command line.

use std::{ffi::OsString, fmt, path::PathBuf, str::FromStr, time::Duration};

use chronologix::Interval;

use crate::input::Input;

pub(crate) const HELP: &str = "\
Plays the lines of an nginx access log (combined, with or without $request_time) as if they happened now.

Usage: cargo run --example live_demo -- [OPTIONS] [FILE]

  FILE            the log to play; - for standard input [default: the shipped sample]
  --rate N        lines a second; 0: as fast as possible [default: 200]
  --loops N       how often to play the file [default: 1, with --seconds: until the time is over]
  --seconds N     stop after so many seconds
  --dir DIR       the base directory of the logs [default: my_logs]
  --interval I    24h, 12h, 6h, 3h, 1h, 30m, 15m or 5m [default: 1h]
  --help          this text";

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) input: Input,
    /// Lines a second. 0: no limit.
    pub(crate) rate: u32,
    pub(crate) loops: u64,
    pub(crate) at_most: Duration,
    pub(crate) dir: PathBuf,
    pub(crate) interval: Interval,
}

impl Arguments {
    /// `None`: the help is asked for.
    pub(crate) fn parse(words: impl Iterator<Item = OsString>) -> Result<Option<Self>, String> {
        let mut parsed = Self {
            input: Input::Sample,
            rate: 200,
            loops: 1,
            at_most: Duration::MAX,
            dir: "my_logs".into(),
            interval: Interval::Hour1,
        };
        let (mut loops, mut seconds) = (None, None);
        let mut words = words.map(OsString::into_string);
        while let Some(word) = words.next() {
            let word = word.map_err(|word| format!("{word:?} is not UTF-8"))?;
            // `--rate 50` and `--rate=50`.
            let (name, value) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            let value = || {
                value
                    .or_else(|| words.next()?.ok())
                    .ok_or(format!("{name} wants a value"))
            };
            match name {
                "--help" | "-h" => return Ok(None),
                "--rate" => parsed.rate = number(name, &value()?)?,
                "--loops" => loops = Some(number(name, &value()?)?),
                "--seconds" => seconds = Some(number(name, &value()?)?),
                "--dir" => parsed.dir = value()?.into(),
                "--interval" => {
                    let interval = value()?.parse();
                    parsed.interval = interval.map_err(|error| format!("--interval: {error}"))?;
                }
                _ if name.starts_with('-') && name != "-" => {
                    return Err(format!("unknown option {name}"));
                }
                _ if !matches!(parsed.input, Input::Sample) => {
                    return Err("one file at a time".to_owned());
                }
                "-" => parsed.input = Input::Stdin,
                _ => parsed.input = Input::File(word.into()),
            }
        }
        parsed.at_most = seconds.map_or(Duration::MAX, Duration::from_secs);
        parsed.loops = loops.unwrap_or(if seconds.is_some() { u64::MAX } else { 1 });
        Ok(Some(parsed))
    }
}

fn number<N: FromStr>(name: &str, value: &str) -> Result<N, String> {
    let wrong = || format!("{name} wants a whole number, not {value:?}");
    value.parse().ok().ok_or_else(wrong)
}

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Playing {}", self.input)?;
        match self.rate {
            0 => f.write_str(" as fast as possible"),
            rate => write!(f, " at {rate} lines a second"),
        }?;
        write!(f, " into {}", self.dir.display())
    }
}
