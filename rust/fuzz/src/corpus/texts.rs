use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Seed, seed};

/// Larger texts only slow the fuzzer down.
const LONGEST: usize = 2500;

struct Step {
    method: String,
    options: String,
}

/// The steps of `contract/behaviour.json`, by case.
fn behaviour() -> Vec<Vec<Step>> {
    let text = include_str!("../../../../contract/behaviour.json");
    let cases: Vec<BTreeMap<String, &RawValue>> = serde_json::from_str(text).expect("a list of cases");
    let steps = |case: BTreeMap<String, &RawValue>| {
        let steps: Vec<BTreeMap<String, &RawValue>> =
            serde_json::from_str(case["steps"].get()).expect("a list of steps");
        steps.iter().map(step).collect()
    };
    cases.into_iter().map(steps).collect()
}

fn step(step: &BTreeMap<String, &RawValue>) -> Step {
    let options = match (step.get("raw"), step.get("options")) {
        (Some(raw), _) => serde_json::from_str(raw.get()).expect("text"),
        // A JSON parser refuses half surrogate pairs, which some cases need.
        (None, Some(options)) => serde_json::from_str::<Value>(options.get()).map_or_else(
            |_| options.get().to_owned(),
            |options| expand(options).to_string(),
        ),
        (None, None) => "{}".to_owned(),
    };
    Step {
        method: serde_json::from_str(step["method"].get()).expect("text"),
        options,
    }
}

/// `{"$repeat": [text, times]}` means that text, repeated that many times.
fn expand(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            if let Some([Value::String(text), times]) =
                fields.get("$repeat").and_then(Value::as_array).map(Vec::as_slice)
            {
                let times = times.as_u64().and_then(|times| usize::try_from(times).ok());
                return text.repeat(times.expect("a number")).into();
            }
            Value::Object(
                fields
                    .into_iter()
                    .map(|(name, value)| (name, expand(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.into_iter().map(expand).collect(),
        other => other,
    }
}

pub(super) fn bridge_json() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, steps) in behaviour().iter().enumerate() {
        let mut text = String::new();
        for Step { method, options } in steps {
            if options.len() <= LONGEST && !options.contains('\n') {
                text.extend([method, " ", options, "\n"]);
            }
        }
        seeds.push(seed(
            "bridge_json",
            format!("behaviour-{number:02}"),
            text.into_bytes(),
        ));
    }
    for (number, text) in BAD_INPUT.iter().chain(&CONFIGURATIONS).enumerate() {
        seeds.push(seed(
            "bridge_json",
            format!("marked-{number:02}"),
            text.as_bytes().to_vec(),
        ));
    }
    seeds
}

/// With the mark that the target replaces by its canary.
const BAD_INPUT: [&str; 12] = [
    r#"set {"key":"~","value":5}"#,
    r#"set {"key":{"~":1},"value":"x"}"#,
    r#"set {"key":"~","value":"x","ttl":"~"}"#,
    r#"set {"key":"~","value":"~","expiresAt":-1}"#,
    r#"set {"key":"~","value":"x","store":"~"}"#,
    r#"set {"key":"~","value":"~""#,
    "set {\"key\":\"~\\ud800\",\"value\":\"x\"}",
    "~ {}",
    r#"get {"key":"~"}"#,
    r#"remove {"key":"~","store":"other"}"#,
    r#"set {"key":"~","value":"~","ttl":1,"expiresAt":1}"#,
    r#"has ["~"]"#,
];

const CONFIGURATIONS: [&str; 8] = [
    "config {\"onKeyLoss\":\"error\",\"rotateAfterDays\":0}\nset {\"key\":\"a\",\"value\":\"1\"}\nrotateKeys {}\ngetStatus {}",
    "config {\"strongBox\":\"require\",\"minSecurityLevel\":\"strongBox\"}\nset {\"key\":\"a\",\"value\":\"1\"}\ngetStatus {}",
    "config {\"strongBox\":\"prefer\",\"minSecurityLevel\":\"software\",\"rotateAfterDays\":1e9}\nset {\"key\":\"a\",\"value\":\"1\"}",
    r#"config {"onKeyLoss":"~"}"#,
    r#"config {"rotateAfterDays":"~"}"#,
    r#"config {"strongBox":{"~":"~"}}"#,
    r#"config ["~"]"#,
    r#"config {"onKeyLoss":"error""#,
];

pub(super) fn key_value() -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (number, steps) in behaviour().iter().enumerate() {
        let calls: Vec<u8> = steps.iter().filter_map(call).flatten().collect();
        if !calls.is_empty() {
            seeds.push(seed("key_value", format!("behaviour-{number:02}"), calls));
        }
    }
    // Keys and values at their limits and one byte more: the text is repeated.
    for (name, repeat, key, value) in [
        ("key-1020", 48, 204, 1),
        ("key-1025", 48, 205, 1),
        ("value-1048500", 192, 1, 233),
        ("value-1053000", 192, 1, 234),
        ("value-25500", 128, 3, 255),
    ] {
        let text = |length: u8| std::iter::once(length).chain(std::iter::repeat_n(b'x', length.into()));
        let calls = [repeat | 8, repeat | 5, repeat | 1].map(|what| {
            let call = std::iter::once(what).chain(text(key)).chain(text(value));
            call.collect::<Vec<u8>>()
        });
        seeds.push(seed("key_value", name, calls.concat()));
    }
    seeds
}

/// The step as a call of the target `key_value`, if there is one.
fn call(step: &Step) -> Option<Vec<u8>> {
    let options: Value = serde_json::from_str(&step.options).ok()?;
    let what = match step.method.as_str() {
        "set" => 8,
        "remove" => 1,
        "rotateKeys" => 3,
        "get" => 0,
        _ => return None,
    };
    let text = |name: &str| {
        let text = options.get(name).and_then(Value::as_str).unwrap_or_default();
        Some([&[u8::try_from(text.len()).ok()?], text.as_bytes()].concat())
    };
    Some([vec![what], text("key")?, text("value")?].concat())
}
