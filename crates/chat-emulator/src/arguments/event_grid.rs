//! The arguments about the webhook that gets events.

use chat_emulator::{EventGridSchema, EventGridSubscription};
use clap::{Args, ValueEnum};

#[derive(Args)]
pub(crate) struct EventGridArguments {
    /// The URL of a webhook that gets what happens in threads, as from Azure Event Grid. It is asked first whether
    /// it wants that. The query may hold a secret, and is logged nowhere
    #[arg(
        long = "event-grid",
        env = "CHAT_EMULATOR_EVENT_GRID",
        hide_env_values = true,
        value_name = "URL"
    )]
    url: Option<String>,
    /// The schema of the events
    #[arg(
        long = "event-grid-schema",
        env = "CHAT_EMULATOR_EVENT_GRID_SCHEMA",
        value_enum,
        default_value_t = SchemaArgument::EventGrid
    )]
    schema: SchemaArgument,
    /// How many events a delivery has at most, 1 to 5000; 1 if it is left out
    #[arg(
        long = "event-grid-max-events-per-batch",
        env = "CHAT_EMULATOR_EVENT_GRID_MAX_EVENTS_PER_BATCH",
        value_name = "NUMBER"
    )]
    max_events_per_batch: Option<u32>,
    /// How many kilobytes a delivery of several events has at most, 1 to 1024; 64 if it is left out
    #[arg(
        long = "event-grid-preferred-batch-size-in-kilobytes",
        env = "CHAT_EMULATOR_EVENT_GRID_PREFERRED_BATCH_SIZE_IN_KILOBYTES",
        value_name = "NUMBER"
    )]
    preferred_batch_size_in_kilobytes: Option<u32>,
    /// A type of events that the webhook gets, such as Microsoft.Communication.ChatMessageReceivedInThread; all
    /// types if there is none; repeatable
    #[arg(
        long = "event-grid-include",
        env = "CHAT_EMULATOR_EVENT_GRID_INCLUDE",
        value_name = "TYPE",
        value_delimiter = ','
    )]
    include: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaArgument {
    /// Event Grid's own
    EventGrid,
    /// CloudEvents 1.0
    CloudEvents,
}

impl EventGridArguments {
    /// The subscription that was asked for.
    pub(crate) fn subscription(&self) -> Option<EventGridSubscription> {
        let schema = match self.schema {
            SchemaArgument::EventGrid => EventGridSchema::EventGrid,
            SchemaArgument::CloudEvents => EventGridSchema::CloudEvents,
        };
        let mut subscription = EventGridSubscription::new(self.url.as_ref()?).schema(schema);
        if let Some(events) = self.max_events_per_batch {
            subscription = subscription.max_events_per_batch(events);
        }
        if let Some(kilobytes) = self.preferred_batch_size_in_kilobytes {
            subscription = subscription.preferred_batch_size_in_kilobytes(kilobytes);
        }
        for event_type in &self.include {
            subscription = subscription.include(event_type);
        }
        Some(subscription)
    }
}
