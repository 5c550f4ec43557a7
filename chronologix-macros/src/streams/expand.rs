//! The module that `#[streams]` puts beside the item. It decides nothing.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use chronologix_schema::settings::keys::Value;

use super::{
    check::{Declared, Stream},
    host::{Handle, Host},
};
use crate::paths::{CONFIG, DECLARATION, LEVEL, STREAM, STREAM_CONFIG, streams_module};

/// Returns the module, and the associated items of a unit struct.
pub(crate) fn expand(declared: &Declared, host: &Host) -> TokenStream {
    let Declared {
        streams,
        settings,
        file,
    } = declared;
    let module = streams_module(Span::call_site());
    let Host { visibility, handle } = host;
    let declaration = declaration(streams, file.as_deref());
    let configs = streams.iter().map(stream_config);
    let mirrors = streams.iter().flat_map(|stream| mirrors(stream, streams));
    let settings = settings.iter().map(setter);
    let constants = streams.iter().enumerate().map(|(place, stream)| {
        let place = Literal::usize_unsuffixed(place);
        let floor = stream.floor.map(|level| {
            let level = Ident::new(&format!("{level:?}"), Span::mixed_site());
            quote_spanned!(Span::mixed_site()=> .compile_min_level(#LEVEL::#level))
        });
        let value = quote_spanned! {Span::mixed_site()=>
            #STREAM::declared(declaration::get, #place) #floor
        };
        constant(stream, streams, visibility, &value)
    });
    let handle = handle
        .as_ref()
        .map(|handle| associated(handle, streams, &module));
    // The declaration has a module to itself: modules and constants have separate namespaces, so a
    // stream may have the same name.
    quote_spanned! {Span::mixed_site()=>
        /// The streams of this crate, as declared with `#[chronologix::streams]`.
        #[allow(non_upper_case_globals, dead_code)]
        #visibility mod #module {
            #declaration

            #(#constants)*

            /// Returns the configuration of these streams and their mirrors.
            #visibility fn config() -> #CONFIG {
                declaration::get().config()#(#configs)*#(#mirrors)*#(#settings)*
            }
        }

        #handle
    }
}

fn declaration(streams: &[Stream], file: Option<&str>) -> TokenStream {
    let count = Literal::usize_unsuffixed(streams.len());
    // Makes the compiler compile the crate again when the file has changed.
    let watch = file.map(|file| {
        quote_spanned! {Span::mixed_site()=>
            const _: &::core::primitive::str =
                ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #file));
        }
    });
    let names = streams.iter().map(|stream| &stream.name);
    quote_spanned! {Span::mixed_site()=>
        mod declaration {
            #watch

            static LEVELS: [::core::sync::atomic::AtomicU8; #count] =
                [const { ::core::sync::atomic::AtomicU8::new(0) }; #count];

            static DECLARATION: #DECLARATION = #DECLARATION::new(&[#(#names),*], &LEVELS);

            pub(super) fn get() -> &'static #DECLARATION {
                &DECLARATION
            }
        }
    }
}

/// `.stream(StreamConfig::new("audit").durability("synced"))`
fn stream_config(stream: &Stream) -> TokenStream {
    let name = &stream.name;
    if stream.options.is_empty() {
        return quote_spanned!(Span::mixed_site()=> .stream(#name));
    }
    let options = stream.options.iter().map(setter);
    quote_spanned!(Span::mixed_site()=> .stream(#STREAM_CONFIG::new(#name)#(#options)*))
}

/// `.mirror("errors", "app")`
fn mirrors(stream: &Stream, streams: &[Stream]) -> Vec<TokenStream> {
    let from = &stream.name;
    let mirror = |target: &usize| {
        let to = &streams[*target].name;
        quote_spanned!(Span::mixed_site()=> .mirror(#from, #to))
    };
    stream.targets.iter().map(mirror).collect()
}

/// `.interval("1h")`. Keys are setters, and their values were checked.
fn setter((key, value): &(&'static str, Value)) -> TokenStream {
    let key = Ident::new(key, Span::mixed_site());
    let value = match value {
        Value::Text(text) => text.to_token_stream(),
        Value::Number(number) => Literal::u64_unsuffixed(*number).into_token_stream(),
        Value::Flag(flag) => flag.to_token_stream(),
    };
    quote_spanned!(Span::mixed_site()=> .#key(#value))
}

/// Returns the constant of a stream. Its tokens seem to stand where the user wrote the name, so
/// that "similarly named constant defined here" points there.
fn constant(
    stream: &Stream,
    streams: &[Stream],
    visibility: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    let ident = &stream.ident;
    let docs = docs(stream, streams);
    let here = Span::mixed_site().located_at(ident.span());
    let visibility = visibility.clone().into_iter().map(|mut token| {
        token.set_span(here);
        token
    });
    let visibility: TokenStream = visibility.collect();
    quote_spanned!(here=> #[doc = #docs] #visibility const #ident: #STREAM = #value;)
}

/// Returns what an editor shows for the name of a stream.
fn docs(stream: &Stream, streams: &[Stream]) -> String {
    let name = &stream.name;
    let targets: Vec<_> = stream
        .targets
        .iter()
        .map(|place| format!("`{}`", streams[*place].name))
        .collect();
    if targets.is_empty() {
        format!(" The stream `{name}`.")
    } else {
        format!(
            " The stream `{name}`; its records also go to {}.",
            targets.join(", ")
        )
    }
}

/// `Logs::config()`, `Logs::app`
fn associated(handle: &Handle, streams: &[Stream], module: &Ident) -> TokenStream {
    let Handle { name, visibility } = handle;
    let visibility = visibility.to_token_stream();
    let constants = streams.iter().map(|stream| {
        let ident = &stream.ident;
        let value = quote_spanned!(Span::mixed_site()=> #module::#ident);
        constant(stream, streams, &visibility, &value)
    });
    quote_spanned! {Span::mixed_site()=>
        #[allow(non_upper_case_globals, dead_code)]
        impl #name {
            #(#constants)*

            /// Returns the configuration of these streams and their mirrors.
            #visibility fn config() -> #CONFIG {
                #module::config()
            }
        }
    }
}
