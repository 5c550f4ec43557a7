//! A line of nginx's access log in the format `combined`, with or without `$request_time` behind
//! it.

use std::net::IpAddr;

use chronologix::Level;

/// A request that was answered.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) ip: IpAddr,
    pub(crate) user: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) status: u16,
    pub(crate) bytes: u64,
    pub(crate) referer: &'a str,
    pub(crate) agent: &'a str,
    /// As it stands in the log; `-` if it does not.
    pub(crate) seconds: &'a str,
}

/// What an operator makes of a request.
#[derive(Debug)]
pub(crate) enum Kind {
    Audit,
    Failure,
    Slow,
    Usual,
}

impl<'a> Request<'a> {
    /// Reads a line, or says why it cannot.
    pub(crate) fn parse(line: &'a str) -> Result<Self, &'static str> {
        let (ip, rest) = line.split_once(' ').ok_or("no address")?;
        let (user, rest) = rest
            .strip_prefix("- ")
            .and_then(|rest| rest.split_once(" ["))
            .ok_or("no user")?;
        let (_time, rest) = rest.split_once("] \"").ok_or("no time")?;
        let (request, rest) = rest.split_once("\" ").ok_or("no request")?;
        let (status, rest) = rest.split_once(' ').ok_or("no status")?;
        let (bytes, rest) = rest.split_once(" \"").ok_or("no size")?;
        let (referer, rest) = rest.split_once("\" \"").ok_or("no referer")?;
        let (agent, rest) = rest.rsplit_once('"').ok_or("no agent")?;
        let (method, path) = request
            .rsplit_once(" HTTP/")
            .and_then(|(request, _version)| request.split_once(' '))
            .ok_or("the request is not HTTP")?;
        let seconds = rest.strip_prefix(' ').unwrap_or("-");
        if seconds != "-" && !seconds.parse().is_ok_and(f64::is_finite) {
            return Err("the duration is not a number");
        }
        let status = status.parse().ok().ok_or("the status is not a number")?;
        if !(100..600).contains(&status) {
            return Err("the status is not one of HTTP");
        }
        Ok(Self {
            ip: ip.parse().ok().ok_or("the address is not one of IP")?,
            user,
            method,
            path,
            status,
            bytes: bytes.parse().ok().ok_or("the size is not a number")?,
            referer,
            agent,
            seconds,
        })
    }

    /// What may have changed something comes first, whatever became of it: an audit has no gaps.
    pub(crate) fn kind(&self) -> Kind {
        let is_login = self.method == "POST" && self.path.starts_with("/login");
        if self.path.starts_with("/admin") || is_login {
            Kind::Audit
        } else if self.status >= 500 {
            Kind::Failure
        } else if self.is_slow() {
            Kind::Slow
        } else {
            Kind::Usual
        }
    }

    pub(crate) fn level(&self) -> Level {
        match self.status {
            500.. => Level::Error,
            400.. => Level::Warn,
            _ if self.is_slow() => Level::Warn,
            _ => Level::Info,
        }
    }

    fn is_slow(&self) -> bool {
        self.seconds
            .parse()
            .is_ok_and(|seconds: f64| seconds >= 1.0)
    }
}
