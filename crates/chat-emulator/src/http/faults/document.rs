//! Faults as the control API reads and writes them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::fault::{Chance, Fault, InvalidFault};
use super::kind::{FaultKind, Seconds};
use super::{FaultMix, Rule};

type Object = Map<String, Value>;

/// Reads a fault or a mix of faults.
pub(crate) fn read(document: Value) -> Result<FaultMix, InvalidFault> {
    let mut fields = object(document, "a fault")?;
    match fields.remove("mix") {
        None => read_fault(fields).map(FaultMix::from),
        Some(choices) => read_mix(fields, choices),
    }
}

fn read_mix(mut fields: Object, choices: Value) -> Result<FaultMix, InvalidFault> {
    let chance = chance(&mut fields)?
        .ok_or_else(|| InvalidFault("a mix needs a probability and a seed".to_owned()))?;
    nothing_else(&fields)?;
    let Value::Array(choices) = choices else {
        return Err(InvalidFault("mix is a list".to_owned()));
    };
    let mut mix = FaultMix::new(chance.probability, chance.seed);
    for choice in choices {
        let mut choice = object(choice, "an entry of a mix")?;
        let weight = take(&mut choice, "weight")?.unwrap_or(1);
        let fault = choice
            .remove("fault")
            .ok_or_else(|| InvalidFault("an entry of a mix needs a fault".to_owned()))?;
        nothing_else(&choice)?;
        mix = mix.add(weight, read_fault(object(fault, "a fault")?)?);
    }
    Ok(mix)
}

fn read_fault(mut fields: Object) -> Result<Fault, InvalidFault> {
    let mut operations: Vec<String> = take(&mut fields, "operations")?.unwrap_or_default();
    operations.extend(take::<String>(&mut fields, "operation")?);
    let times: Option<u64> = take(&mut fields, "times")?;
    let delay: Option<Seconds> = take(&mut fields, "delaySeconds")?;
    let chance = chance(&mut fields)?;
    let kind: FaultKind = serde_json::from_value(Value::Object(fields))
        .map_err(|error| InvalidFault(error.to_string()))?;
    let mut fault = Fault::new(kind);
    for operation in &operations {
        fault = fault.for_operation(operation.as_str());
    }
    if let Some(times) = times {
        fault = fault.times(times);
    }
    if let Some(Seconds(delay)) = delay {
        fault = fault.delayed_by(delay);
    }
    if let Some(Chance { probability, seed }) = chance {
        fault = fault.with_probability(probability, seed);
    }
    Ok(fault)
}

fn chance(fields: &mut Object) -> Result<Option<Chance>, InvalidFault> {
    let probability: Option<f64> = take(fields, "probability")?;
    let seed: Option<u64> = take(fields, "seed")?;
    match (probability, seed) {
        (None, None) => Ok(None),
        (Some(probability), seed) => Ok(Some(Chance {
            probability,
            seed: seed.unwrap_or_default(),
        })),
        (None, Some(_)) => Err(InvalidFault("a seed needs a probability".to_owned())),
    }
}

fn object(value: Value, what: &str) -> Result<Object, InvalidFault> {
    match value {
        Value::Object(fields) => Ok(fields),
        _ => Err(InvalidFault(format!("{what} is an object"))),
    }
}

/// Takes a field out of an object.
fn take<T: DeserializeOwned>(fields: &mut Object, name: &str) -> Result<Option<T>, InvalidFault> {
    fields
        .remove(name)
        .map(serde_json::from_value)
        .transpose()
        .map_err(|error| InvalidFault(format!("{name}: {error}")))
}

fn nothing_else(fields: &Object) -> Result<(), InvalidFault> {
    match fields.keys().next() {
        None => Ok(()),
        Some(name) => Err(InvalidFault(format!("unknown field `{name}`"))),
    }
}

impl Rule {
    /// The rule as the control API shows it: as it was given, with its id and what has become of it.
    pub(crate) fn document(&self) -> Value {
        let mut faults = self
            .mix
            .choices
            .iter()
            .zip(&self.counts)
            .map(|(choice, count)| {
                let mut fault = write_fault(&choice.1);
                fault.insert("hits".to_owned(), count.hits.into());
                if let Some(left) = count.left {
                    fault.insert("left".to_owned(), left.into());
                }
                (choice.0, fault)
            });
        let mut document = if self.mix.choices.len() == 1 {
            faults.next().map(|(_, fault)| fault).unwrap_or_default()
        } else {
            let mix: Vec<_> = faults
                .map(|(weight, fault)| json!({"weight": weight, "fault": fault}))
                .collect();
            Object::from_iter([("mix".to_owned(), mix.into())])
        };
        if let Some(Chance { probability, seed }) = self.mix.chance {
            document.insert("probability".to_owned(), probability.into());
            document.insert("seed".to_owned(), seed.into());
        }
        document.insert("id".to_owned(), self.id.0.into());
        Value::Object(document)
    }
}

fn write_fault(fault: &Fault) -> Object {
    let mut fields = match value(&fault.kind) {
        Value::Object(fields) => fields,
        _ => Object::new(),
    };
    if !fault.operations.is_empty() {
        let ids: Vec<_> = fault.operations.iter().map(|op| op.id()).collect();
        fields.insert("operations".to_owned(), value(&ids));
    }
    if let Some(times) = fault.times {
        fields.insert("times".to_owned(), times.into());
    }
    if !fault.delay.is_zero() {
        fields.insert("delaySeconds".to_owned(), value(&Seconds(fault.delay)));
    }
    fields
}

/// Only a map whose keys are not strings could fail, and there is none.
fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}
