using System.Collections.Immutable;

namespace Keker.Server.Options;

/// <summary>The server and its sub-commands as the help text and the manual page tell of them.</summary>
internal static class CommandDefinitions
{
    public static readonly OptionText Help = new("--help", "", "print this text and exit") { ShortName = "-h", Default = null };

    public static readonly OptionText Health = new(
        CommandLine.HealthOption, "[URL]", "serve nothing: ask the server that has these options, or the one at the URL, whether it is alive, and exit with 0 or 1")
    {
        Default = null,
    };

    public static readonly OptionText Url = new("--url", "URL", "the server: http://, https://, ws:// or wss:// with or without /v1/subscribe, or unix:/path")
    {
        Default = $"{UrlVariable}, else http://127.0.0.1:3498",
    };

    public static readonly OptionText Key = new("--key", "KEY", "what the server has as --publish-key, or a token for publishers; @FILE reads it from a file, which hides it from ps")
    {
        Default = $"the first one in {KeyVariable}",
        IsSecret = true,
    };

    public static readonly OptionText Topic = new("--topic", "NAME", "publish to this topic") { Repeatable = true, Default = null };

    public static readonly OptionText Broadcast = new("--broadcast", "", "to everybody who has said HELLO") { Default = null };

    public static readonly OptionText TimeToLive = new("--ttl", "DURATION", "how long the message may wait for who is absent")
    {
        Default = "the server's --cache",
    };

    public static readonly OptionText CollapseKey = new("--collapse-key", "KEY", "replace an earlier message with this key that still waits") { Default = null };

    public static readonly OptionText IdempotencyKey = new("--idempotency-key", "KEY", "publish once, however often this is repeated with the same key") { Default = null };

    public static readonly OptionText Wait = new("--wait", "DURATION", "wait so long, 1s to 30s, until every session has confirmed the message") { Default = null };

    public static readonly OptionText ContentType = new("--content-type", "TYPE", "application/octet-stream has it arrive as binary, even where it is text") { Default = null };

    public static readonly OptionText Follow = new("--topic", "NAME", "subscribe to this topic, too") { Repeatable = true, Default = null };

    public static readonly OptionText Json = new("--json", "", "one JSON object a line with id, topic, payload and, for bytes, \"encoding\":\"base64\"") { Default = null };

    public static readonly OptionText Id = new("--id", "ID", "go on behind this message of TOKEN, or without TOKEN of the one topic") { Default = null };

    public static readonly CommandDefinition Serve = new("", "[OPTION]...", "a pub/sub broker over plain WebSocket")
    {
        Paragraphs =
        [
            "Pages open one WebSocket, backends publish with one HTTP request, and kekerd keeps everything in memory. It serves until SIGTERM or SIGINT; SIGHUP has it read certificate and keys again.",
            "A DURATION is numbers with units, such as 500ms, 5s, 1m30s or 1h; bare digits are seconds. BYTES are digits, or 256k, 64M, 1G or the same as 256KiB. on/off may be true/false, yes/no or 1/0.",
            "Every option is also an environment variable: KEKER_ and its long name in capitals, dashes as underscores (KEKER_READ_BUFFER=65536); commas separate the values of one that may be repeated. The command line wins over the environment.",
        ],
        Groups =
        [
            .. OptionDefinitions.Groups,
            new("Help", [Health, Help with { Meaning = "print this text and exit; after a command, its own" }, new("--version", "", "print the version and exit") { Default = null }]),
        ],
        Examples =
        [
            new("serve this machine only", "kekerd --listen 127.0.0.1:3498"),
            new("TLS, backends with a key, pages of one site", "kekerd -e cert.pem -k key.pem --publish-key @publish.key \\\n  --allow-origin https://app.example.com"),
            new("publishing and statistics apart from pages", "kekerd --listen 0.0.0.0:3498 --admin-listen 127.0.0.1:3499"),
        ],
        Statuses = [(0, "a regular end"), (1, "the server cannot start"), (2, "mistakes in the options; all are told at once")],
    };

    public static readonly CommandDefinition Check = new("check", "[OPTION]...", "say whether the server could start with these options")
    {
        Paragraphs =
        [
            "Takes the options and the environment of the server, starts nothing, and prints one line for each finding: ok, warning or error. It reads the files, looks at the dates of the certificate, and tries whether each address can be bound. Where a kekerd serves there already, that is a warning.",
        ],
        Groups = [new("Options", [Help])],
        Examples = [new("before a restart", "kekerd check --listen 0.0.0.0:3498 -e cert.pem -k key.pem")],
        Statuses = [(0, "the server would start; there may be warnings, such as a certificate that ends in less than 14 days"),
            (1, "it would not start, or its certificate is not valid now"), (2, "mistakes in the options; all are told at once")],
    };

    public static readonly CommandDefinition Publish = new("publish", "[OPTION]... [TOKEN] [FILE]", "publish one message")
    {
        Paragraphs =
        [
            "The message is what FILE holds, or standard input without FILE or with -. TOKEN is the recipient. With --topic a single word is FILE, and TOKEN FILE (or TOKEN -) publishes to both; with --broadcast it is FILE as well. Prints the answer of the server.",
        ],
        MostWords = 2,
        Groups =
        [
            new("Recipients", [Topic, Broadcast]),
            new("Message", [TimeToLive, CollapseKey, IdempotencyKey, Wait, ContentType]),
            new("Server", [Url, Key, Help]),
        ],
        Examples =
        [
            new("a text for one recipient", "echo -n 'Hello, Alice' | kekerd publish alice-7f3a9c"),
            new("a file for whoever is subscribed to a topic", "kekerd publish --topic match-17 goal.json"),
            new("an hour for who is absent, and the key of the backend", "kekerd publish --ttl 1h --key @publish.key alice-7f3a9c parcel.json"),
        ],
        Statuses = [(0, "the server took it: 200, or 202 where it waits or not all have confirmed it"), (1, "it did not, or cannot be reached"),
            (2, "mistakes in the command line"), (3, "nobody is there: 404; the answer says whether it waits")],
    };

    public static readonly CommandDefinition Subscribe = new("subscribe", "[OPTION]... [TOKEN]", "print messages as they come")
    {
        Paragraphs =
        [
            "Prints each payload and a line feed. When the connection breaks it connects again after a random time and goes on behind the last message that was printed; what is gone for good is told on standard error. Without TOKEN it takes one of its own that nobody else has. With @FILE the file holds TOKEN, which hides it from ps.",
            "SIGINT and SIGTERM end it with a goodbye to the server, after which nothing is kept. It also ends when nobody reads its output any more.",
        ],
        MostWords = 1,
        Groups = [new("What", [Follow, Id, Json]), new("Server", [Url, Key with { Meaning = "not needed here: TOKEN says who this is", Default = null }, Help])],
        Examples =
        [
            new("the messages of one recipient", "kekerd subscribe alice-7f3a9c"),
            new("two topics of a server with TLS, for a program", "kekerd subscribe --url wss://push.example.com/v1/subscribe \\\n  --topic match-17 --topic news --json | jq .payload"),
        ],
        Statuses = [(0, "stopped by SIGINT or SIGTERM, or nobody reads any more"), (1, "refused for good (1008, 4403 and others), or output failed"),
            (2, "mistakes in the command line"), (4, "4401: the token is not valid, or no longer")],
    };

    public static readonly CommandDefinition Status = new("status", "[OPTION]...", "say how a running server is")
    {
        Paragraphs = ["Asks twice within a second, and prints what has changed as a rate. What deserves attention stands at the end."],
        Groups = [new("Server", [Url, Key, Help])],
        Examples = [new("the server of this machine", "kekerd status --key @publish.key")],
        Statuses = [(0, "it serves"), (1, "it drains, does not let this client ask, or cannot be reached"), (2, "mistakes in the command line")],
    };

    /// <summary>All sub-commands in the order of the help text.</summary>
    public static readonly ImmutableArray<CommandDefinition> All = [Check, Publish, Subscribe, Status];

    /// <summary>Says where the server is, beside --url.</summary>
    public const string UrlVariable = "KEKER_URL";

    /// <summary>The server's own variable for its keys: KEKER_KEY is the private key of its certificate.</summary>
    public const string KeyVariable = "KEKER_PUBLISH_KEY";
}
