using System.Text;
using Keker.Benchmarks.Fuzz.Targets;
using Keker.Benchmarks.Load.Framing;
using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Live;

/// <summary>What goes to a real server: the seeds of all targets, each where a server reads it, changed blindly. Thread-safe.</summary>
internal sealed class LiveSeeds
{
    private const string Folder = "Keker.Benchmarks/Fuzz/Seeds";

    /// <summary>Longer seeds are for limits of parsers, and would only take time.</summary>
    private const int MostBytes = 4096;

    /// <summary>Most inputs are changed; the others get further.</summary>
    private const int UnchangedEach = 5;

    private const int MostFrames = 8;

    private readonly Dictionary<string, byte[][]> _seeds = FuzzTargets.All.ToDictionary(target => target.Name, target => Read(target.Name));

    /// <summary>Every kind of input, by the name of what is under attack.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["heads", "handshakes", "bodies", "batches", "queries", "frames", "commands", "compressed"];

    /// <summary>True when it follows a handshake.</summary>
    public static bool IsSession(string kind) => kind is "frames" or "commands" or "compressed";

    /// <summary>The next input of a kind.</summary>
    public byte[] Next(string kind, Random random) => kind switch
    {
        "heads" => Pick("request-head", random),
        "handshakes" => Pick("handshake", random),
        "bodies" => [.. Head("PUT /v1/publish", "Token: nobody\r\nTransfer-Encoding: chunked"), .. Pick("chunked-body", random)],
        "batches" => Batch(Pick("batch-lines", random)),
        "queries" => [.. "GET /v1/subscribe?"u8, .. Pick("queries", random), .. " HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"u8],
        "frames" => Pick("frames", random),
        "commands" => [.. Enumerable.Range(0, random.Next(1, MostFrames)).SelectMany(_ => Frame(Pick(random.Next(3) == 0 ? "hello" : "commands", random)))],
        _ => Compressed(Frame(Pick("inflate", random))),
    };

    private static byte[] Frame(byte[] payload) => ClientFrames.Make(OpCode.Text, payload);

    /// <summary>RSV1 says that the payload is deflated (RFC 7692, section 6).</summary>
    private static byte[] Compressed(byte[] frame)
    {
        frame[0] |= 0x40;
        return frame;
    }

    private static byte[] Batch(byte[] lines) => [.. Head("POST /v1/publish/batch", $"Content-Length: {lines.Length}"), .. lines];

    private static byte[] Head(string request, string fields) => Encoding.ASCII.GetBytes($"{request} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");

    private byte[] Pick(string target, Random random)
    {
        byte[][] all = _seeds[target];
        byte[] seed = all[random.Next(all.Length)];
        return random.Next(UnchangedEach) == 0 ? [.. seed] : Mutation.Of(seed, all[random.Next(all.Length)], random);
    }

    private static byte[][] Read(string target) =>
        [.. Directory.GetFiles(Path.Combine(Folder, target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(seed => seed.Length is > 0 and < MostBytes)];
}
