namespace Keker.Benchmarks.Load.Peers;

/// <summary>SignalR with its JSON protocol: records that end with 0x1E, in WebSocket messages without regard to their bounds.</summary>
internal sealed class SignalRPeer : AspNetPeer
{
    private const char EndOfRecord = '\x1e';

    public override string Name => "signalr";

    public override int EndOfMessage => EndOfRecord;

    private static ReadOnlySpan<byte> BeforeBody => "\"arguments\":[\""u8;

    private static ReadOnlySpan<byte> AfterBody => "\"]}"u8;

    public override IEnumerable<string> Hello(string token) =>
    [
        $$"""{"protocol":"json","version":1}{{EndOfRecord}}""",
        $$"""{"type":1,"target":"{{nameof(SignalRHub.Join)}}","arguments":["{{token}}"]}{{EndOfRecord}}""",
    ];

    /// <summary>Bodies of the generator need no escapes in JSON.</summary>
    public override bool TryGetBody(ref ReadOnlySpan<byte> message)
    {
        int at = message.IndexOf(BeforeBody);
        if (at < 0 || !message.EndsWith(AfterBody))
            return false;
        message = message[(at + BeforeBody.Length)..^AfterBody.Length];
        return true;
    }

    protected override string SubscribeTarget(string token) => SignalRBroker.HubPath;
}
