//! What the queues have to do.

use std::{
    hint::spin_loop,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    Failure,
    candidates::{HEADER, Push, Queue, Sweep},
    latency::Latency,
};

/// Nanoseconds at the median, 99 % and 99.9 %.
pub(crate) type Latencies = [u64; 3];

/// Bytes of the arguments: a number, another one, and a short text.
const ARGUMENTS: usize = 40;

/// The time between two records of the steady producer.
const PACE: Duration = Duration::from_micros(2);

/// The time between two bursts, and between two looks of the consumer.
const BURST_PACE: Duration = Duration::from_millis(1);

/// How long the consumer rests at full speed: long enough that it finds many records each time, too short for a full queue.
const SHORT_NAP: Duration = Duration::from_micros(50);

/// Records of a burst.
const BURST: u64 = 20;

/// How many records.
#[derive(Debug)]
pub(crate) struct Trial {
    paced: u64,
    full: u64,
}

/// A record in the making: the first eight bytes of its arguments are its number.
struct Record([u8; HEADER + ARGUMENTS]);

impl Record {
    fn numbered(number: u64) -> Self {
        let mut bytes = [b'x'; HEADER + ARGUMENTS];
        bytes[HEADER..HEADER + 8].copy_from_slice(&number.to_le_bytes());
        Self(bytes)
    }
}

impl Trial {
    /// With so many times fewer records than usual.
    pub(crate) fn new(fewer: u64) -> Self {
        Self {
            paced: 200_000 / fewer,
            full: 10_000_000 / fewer,
        }
    }

    /// One producer, a record every 2 µs; the consumer looks every millisecond.
    pub(crate) fn steady<Q: Queue>(&self) -> Result<Latencies, Failure> {
        let (latency, _) = run::<Q>(1, self.paced, BURST_PACE, |queue| {
            let origin = Instant::now();
            let mut latency = Latency::new()?;
            let mut next = origin;
            for number in 0..self.paced {
                let mut record = Record::numbered(number);
                while Instant::now() < next {
                    spin_loop();
                }
                next = push_timed(queue, origin, &mut record, &mut latency)? + PACE;
            }
            Ok(latency)
        })?;
        Ok(percentiles(&latency))
    }

    /// Four producers in bursts of 20 every millisecond; the consumer looks every millisecond.
    pub(crate) fn bursts<Q: Queue>(&self) -> Result<Latencies, Failure> {
        let bursts = self.paced / 4 / BURST;
        let (latency, _) = run::<Q>(4, bursts * BURST, BURST_PACE, |queue| {
            let origin = Instant::now();
            let mut latency = Latency::new()?;
            let mut next = origin;
            for burst in 0..bursts {
                thread::sleep(next.saturating_duration_since(Instant::now()));
                next += BURST_PACE;
                for number in burst * BURST..(burst + 1) * BURST {
                    let mut record = Record::numbered(number);
                    push_timed(queue, origin, &mut record, &mut latency)?;
                }
            }
            Ok(latency)
        })?;
        Ok(percentiles(&latency))
    }

    /// As fast as the consumer takes them, in records a second of all producers together.
    pub(crate) fn full<Q: Queue>(&self, producers: u32) -> Result<f64, Failure> {
        let each = self.full / u64::from(producers);
        let (_, taken) = run::<Q>(producers as usize, each, SHORT_NAP, |queue| {
            for number in 0..each {
                let mut record = Record::numbered(number);
                while !queue.push(number, &mut record.0) {
                    thread::yield_now();
                }
            }
            Latency::new()
        })?;
        let each = u32::try_from(each)?;
        Ok(f64::from(each) * f64::from(producers) / taken.as_secs_f64())
    }
}

/// Pushes one record and times that. Gives when it began.
#[inline]
fn push_timed(
    queue: &mut impl Push,
    origin: Instant,
    record: &mut Record,
    latency: &mut Latency,
) -> Result<Instant, Failure> {
    let begun = Instant::now();
    let ticks = u64::try_from((begun - origin).as_nanos())?;
    let begun = Instant::now();
    let pushed = queue.push(ticks, &mut record.0);
    latency.record(begun.elapsed());
    if pushed {
        Ok(begun)
    } else {
        Err("the queue is full".into())
    }
}

/// Runs producers of so many records each, and one consumer that checks that every record comes once and in order. Gives the time
/// from the first push to the last record taken.
fn run<Q: Queue>(
    producers: usize,
    records: u64,
    nap: Duration,
    work: impl Fn(&mut Q::Push) -> Result<Latency, Failure> + Sync,
) -> Result<(Latency, Duration), Failure> {
    let (mut pushes, mut sweeps) = (Vec::new(), Vec::new());
    for _ in 0..producers {
        let (push, sweep) = Q::new();
        pushes.push(push);
        sweeps.push((sweep, 0));
    }
    let barrier = Barrier::new(producers + 1);
    let running = AtomicUsize::new(producers);
    thread::scope(|scope| {
        let (barrier, running, work) = (&barrier, &running, &work);
        let producers = pushes
            .into_iter()
            .map(|mut push| {
                scope.spawn(move || {
                    barrier.wait();
                    let latency = work(&mut push);
                    running.fetch_sub(1, Ordering::Release);
                    latency
                })
            })
            .collect::<Vec<_>>();
        barrier.wait();
        let begun = Instant::now();
        let disorder = consume(&mut sweeps, running, nap);
        let taken = begun.elapsed();
        let mut latency = Latency::new()?;
        for producer in producers {
            let own = producer
                .join()
                .unwrap_or_else(|_| Err("a producer panicked".into()))?;
            latency.merge(&own)?;
        }
        if disorder || Q::KEEPS && sweeps.iter().any(|(_, taken)| *taken != records) {
            return Err("a record was lost, doubled or out of order".into());
        }
        Ok((latency, taken))
    })
}

/// Takes all there is until the producers are done. Whether something else came than was expected.
fn consume<S: Sweep>(sweeps: &mut [(S, u64)], running: &AtomicUsize, nap: Duration) -> bool {
    let mut disorder = false;
    loop {
        // Read before the last look.
        let done = running.load(Ordering::Acquire) == 0;
        for (sweep, next) in &mut *sweeps {
            sweep.sweep(|_ticks, arguments| {
                disorder |= !arguments.starts_with(&next.to_le_bytes());
                *next += 1;
            });
        }
        if done {
            return disorder;
        }
        thread::sleep(nap);
    }
}

fn percentiles(latency: &Latency) -> Latencies {
    [latency.at(0.5), latency.at(0.99), latency.at(0.999)]
}
