//! Hands the spans of calls on to OpenTelemetry.
//!
//! `cargo run --example opentelemetry` runs against the service on this machine (the emulator), and
//! prints what a collector would receive. A program gives its own exporter in place of the one that
//! keeps spans in memory.

mod service;

use std::error::Error;

use chat::Transport;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let telemetry = tracing_opentelemetry::layer().with_tracer(provider.tracer("opentelemetry"));
    tracing::subscriber::set_global_default(Registry::default().with(telemetry))?;

    let service = service::Service::find(Transport::builder()).await?;
    let (_, alice) = service.person().await?;
    let created = alice.create_chat_thread("Traces").await?;
    let thread = alice.chat_thread_client(created.chat_thread().id());
    thread.send_message("Hello").await?;
    // A call that fails has a span, too.
    let _not_found = thread.message("1").await;

    for span in exporter.get_finished_spans()? {
        if !span
            .attributes
            .iter()
            .any(|field| field.key.as_str() == "operation")
        {
            continue;
        }
        println!("{}", span.name);
        for field in &span.attributes {
            if ["http.", "url.", "error."]
                .iter()
                .any(|name| field.key.as_str().starts_with(name))
            {
                println!("  {} = {}", field.key, field.value);
            }
        }
    }
    provider.shutdown()?;
    Ok(())
}
