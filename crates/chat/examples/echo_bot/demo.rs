//! Alice, who talks to the bot.

#[path = "../scene/mod.rs"]
mod scene;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, process};

use chat::ChatThreadClient;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Alice says three things, waits for each answer, and deletes the thread. The bot is given the
/// thread, its own raw id, and a file for its cursor.
pub(crate) async fn play<B, F>(bot: B) -> Result<()>
where
    B: FnOnce(ChatThreadClient, String, PathBuf) -> F,
    F: Future<Output = Result<()>>,
{
    let scene = scene::Scene::set().await?;
    let alices = scene.alice.chat_thread_client(scene.thread.thread_id());
    let file = env::temp_dir().join(format!("echo_bot_{}.cursor", process::id()));
    let bot = bot(scene.thread.clone(), scene.bot.clone(), file.clone());
    let alice = async {
        let mut watch = alices.watch().from_beginning().into_stream();
        for text in ["Hello", "Is anybody there?", "Bye"] {
            alices.send_message(text).await?;
            while let Some(watched) = watch.try_next().await? {
                let message = watched.event().message();
                if let Some(answer) = message.and_then(|message| message.content().message())
                    && answer.starts_with("You said")
                {
                    println!("{answer}");
                    break;
                }
            }
        }
        scene.alice.delete_chat_thread(alices.thread_id()).await?;
        Ok::<_, Box<dyn Error>>(())
    };
    tokio::try_join!(bot, alice)?;
    fs::remove_file(file)?;
    Ok(())
}
