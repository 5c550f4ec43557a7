//! An HTTP service whose records say which request they belong to, and which stops in good order.
//!
//! Run it with `cargo run --example axum_service`, then `curl localhost:8080/orders/17` from
//! another terminal, and press Ctrl-C. Its records are in `logs/axum_service/current`: each of
//! `app.log` ends in `request=1 path=/orders/17`, and `access.log` has a line of JSON for each
//! request. `PORT` is another port to listen on; 0 takes any.

use std::{
    env,
    error::Error,
    io::{self, Write as _},
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use axum::{
    Router,
    extract::{Path, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use chronologix::{debug, fields, in_context, info, warn};
use tokio::{net::TcpListener, signal::ctrl_c};

#[chronologix::streams(app, errors -> app, access(format = "json"))]
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let logger = chronologix_streams::config()
        .base_log_dir("logs/axum_service")
        .interval("1h")
        .start()
        .await?;

    let port = env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    // Not `println!`, which panics when stdout is closed.
    let _ = writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    );
    let service = Router::new()
        .route("/orders/{id}", get(order))
        .layer(middleware::from_fn(logged));
    // Ends when all requests that were begun are answered.
    axum::serve(listener, service)
        .with_graceful_shutdown(async { drop(ctrl_c().await) })
        .await?;

    logger.stop().await?;
    Ok(())
}

/// Whatever is logged while a request is answered carries its number and path, in whichever
/// function that is.
async fn logged(request: Request, next: Next) -> Response {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);

    let number = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    in_context(fields! { request = number, path }, async {
        let response = next.run(request).await;
        let (status, seconds) = (response.status().as_u16(), begun.elapsed().as_secs_f64());
        // The request does not wait for the log.
        info!(access, status, seconds; "answered").detach();
        response
    })
    .await
}

async fn order(Path(id): Path<u64>) -> Result<String, StatusCode> {
    debug!(app, "looking for the order").await;
    if id == 0 {
        warn!(errors, "there is no order <>", id).await;
        return Err(StatusCode::NOT_FOUND);
    }
    Ok(format!("order {id}\n"))
}
