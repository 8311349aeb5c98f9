//! A conversation as people read it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use chat::models::{
    ChatMessage, ChatMessageType, ChatParticipant, ChatThreadProperties, CommunicationIdentifier,
};
use time::OffsetDateTime;

use crate::error::ArchiveError;
use crate::folder::{inside, read_if_there};
use crate::format::{MESSAGES, PARTICIPANTS, ParticipantLine, THREAD, ThreadDocument, UserLine};
use crate::source::ListedMessage;
use crate::verify::{lines, read_manifest};

/// A conversation of an archive, as people read it: message by message, oldest first.
#[derive(Debug)]
pub struct Conversation {
    topic: String,
    names: HashMap<String, String>,
    archive: PathBuf,
    messages: String,
}

/// A message as people read it. The order is that of the times at which messages were sent.
#[derive(Clone, Debug)]
pub struct Shown {
    /// When it was sent.
    pub sent_on: OffsetDateTime,
    /// Who sent it, or nothing where the service tells what happened.
    pub sender: Option<String>,
    /// What it says, as plain text. Markup is left out.
    pub text: String,
    /// When it was edited last.
    pub edited_on: Option<OffsetDateTime>,
    /// When it was deleted.
    pub deleted_on: Option<OffsetDateTime>,
    /// The names of its attachments.
    pub attachments: Vec<String>,
}

impl Conversation {
    /// The conversation with this thread id, or the one whose id contains that text if there is no other.
    ///
    /// # Errors
    /// When the archive has no such thread, or cannot be read.
    pub fn open(archive: &Path, thread: &str) -> Result<Self, ArchiveError> {
        let manifest = read_manifest(archive)?;
        let similar = || {
            let mut similar = manifest
                .threads
                .iter()
                .filter(|entry| entry.id.contains(thread));
            similar.next().filter(|_| similar.next().is_none())
        };
        let entry = manifest.thread(thread).or_else(similar);
        let entry = entry.ok_or_else(|| ArchiveError::NoSuchThread(thread.to_owned()))?;
        let file = |name: &str| format!("{}/{name}", entry.folder);
        let path = inside(archive, &file(THREAD))?;
        let document = read_if_there(&path)?.unwrap_or_default();
        let document: Option<ThreadDocument> = serde_json::from_slice(&document).ok();
        let properties = document.and_then(|document| document.properties);
        let properties =
            properties.and_then(|raw| serde_json::from_str::<ChatThreadProperties>(raw.get()).ok());
        let mut names = HashMap::new();
        for line in lines(archive, &file(PARTICIPANTS))?.into_iter().flatten() {
            let line = line.map_err(ArchiveError::io(archive))?;
            let who = serde_json::from_str::<ParticipantLine>(&line).ok();
            let who = who.and_then(|who| {
                serde_json::from_str::<ChatParticipant>(who.participant.get()).ok()
            });
            if let Some((who, name)) = who
                .as_ref()
                .and_then(|who| Some((who, who.display_name()?)))
            {
                names.insert(who.identifier().raw_id().to_owned(), name.to_owned());
            }
        }
        for line in lines(archive, manifest.users_file())?.into_iter().flatten() {
            let line = line.map_err(ArchiveError::io(archive))?;
            if let Ok(UserLine {
                id,
                name: Some(name),
                ..
            }) = serde_json::from_str(&line)
            {
                names.insert(id, name);
            }
        }
        Ok(Self {
            topic: properties.map_or_else(String::new, |properties| properties.topic().to_owned()),
            names,
            archive: archive.to_owned(),
            messages: file(MESSAGES),
        })
    }

    /// What it is about.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Gives the messages to `show` in the order in which they were sent.
    ///
    /// # Errors
    /// When the file cannot be read, and those of `show`.
    pub fn read<E: From<ArchiveError>>(
        &self,
        mut show: impl FnMut(Shown) -> Result<(), E>,
    ) -> Result<(), E> {
        // The file has the order of changes. A message that was changed late belongs to where it was sent.
        let path = inside(&self.archive, &self.messages)?;
        let io = |error| ArchiveError::io(&path)(error);
        let mut file = BufReader::new(File::open(&path).map_err(io)?);
        let (mut order, mut line, mut start) = (Vec::new(), String::new(), 0_u64);
        loop {
            line.clear();
            let length = file.read_line(&mut line).map_err(io)?;
            if length == 0 {
                break;
            }
            if let Some(message) = ListedMessage::new(&line) {
                let sent = message.id.parse::<u64>().unwrap_or_default();
                order.push((sent, message.sequence_id, start));
            }
            start += length as u64;
        }
        order.sort_unstable();
        for (.., start) in order {
            line.clear();
            file.seek(SeekFrom::Start(start)).map_err(io)?;
            file.read_line(&mut line).map_err(io)?;
            if let Ok(message) = serde_json::from_str::<ChatMessage>(&line) {
                show(self.shown(&message))?;
            }
        }
        Ok(())
    }

    fn name(&self, who: &CommunicationIdentifier) -> String {
        let name = self.names.get(who.raw_id());
        name.cloned().unwrap_or_else(|| who.raw_id().to_owned())
    }

    fn shown(&self, message: &ChatMessage) -> Shown {
        let content = message.content();
        let initiator = content.initiator().map(|who| self.name(who));
        let initiator = initiator.unwrap_or_else(|| "somebody".to_owned());
        let people = || {
            let name = |who: &ChatParticipant| {
                let given = who.display_name().filter(|name| !name.is_empty());
                given.map_or_else(|| self.name(who.identifier()), str::to_owned)
            };
            content
                .participants()
                .iter()
                .map(name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let written = content.message().unwrap_or_default();
        let (is_of_service, text) = match message.message_type() {
            ChatMessageType::Text => (false, written.to_owned()),
            ChatMessageType::Html => (false, plain_text(written)),
            ChatMessageType::TopicUpdated => {
                let topic = content.topic().unwrap_or_default();
                (true, format!("{initiator} set the topic: {topic}"))
            }
            ChatMessageType::ParticipantAdded => (true, format!("{initiator} added {}", people())),
            ChatMessageType::ParticipantRemoved => {
                (true, format!("{initiator} removed {}", people()))
            }
            other => (true, format!("{} {written}", other.as_str())),
        };
        let given = message
            .sender_display_name()
            .filter(|name| !name.is_empty());
        let sender = message.sender().map(|who| self.name(who));
        Shown {
            sent_on: message.created_on(),
            sender: given
                .map(str::to_owned)
                .or(sender)
                .filter(|_| !is_of_service),
            text,
            edited_on: message.edited_on(),
            deleted_on: message.deleted_on(),
            attachments: content
                .attachments()
                .iter()
                .map(|attachment| attachment.name().unwrap_or(attachment.id()).to_owned())
                .collect(),
        }
    }
}

/// The text of HTML, without its markup.
fn plain_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let Some((tag, after)) = after.split_once('>') else {
            // It is no tag.
            text.push('<');
            rest = after;
            continue;
        };
        let name = tag.trim_start_matches('/').split([' ', '/']).next();
        let breaks = ["br", "p", "div", "li"];
        let is_break =
            name.is_some_and(|name| breaks.contains(&name.to_ascii_lowercase().as_str()));
        if is_break && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    text.trim_end().to_owned()
}

/// The text with all that could command a terminal shown as what it is. Lines stay lines.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => safe.push(character),
            // Some change the direction of what follows, so that it reads as something else.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                safe.extend(character.escape_unicode());
            }
            character if character.is_control() => safe.extend(character.escape_unicode()),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_left_out_and_text_stays() {
        for (html, text) in [
            (
                "<p>Look <b>here</b></p><p>and there</p>",
                "Look here\nand there",
            ),
            ("1 < 2 &amp;&lt;3", "1 < 2 &<3"),
            ("a<br/>b", "a\nb"),
            ("&amp;lt;", "&lt;"),
            ("<img src=\"x\">", ""),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn nothing_commands_a_terminal() {
        assert_eq!(
            printable("a\u{1b}[2Jb\r\nc\td\u{202e}"),
            "a\\u{1b}[2Jb\\u{d}\nc\td\\u{202e}"
        );
    }
}
