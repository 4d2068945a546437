using Keker.Protocol.Deflate;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.FanOut;
using Keker.Server.Broker.Sessions;
using Keker.Server.Net;
using Keker.Server.Options;

namespace Keker.Server.WebSocket;

/// <summary>
/// Sends every message back, over the same gate, frames and compression that subscribers have: what a conformance suite says of it
/// holds for them.
/// </summary>
internal sealed class EchoSession(Connection connection, ServerContext server, Variant variant)
    : FramePhase(connection, server, variant, confirms: false)
{
    private readonly MessageBuffer _message = new(server.Input);

    protected override MessageBuffer Sink => _message;

    protected override int MostMessageBytes => Limits.EchoMessageBytes;

    protected override int MostFragments => int.MaxValue;

    /// <summary>What it says of a message is read after the message.</summary>
    protected override bool LendsReader => false;

    protected override void Forget() => _message.Clear();

    /// <summary>The next message is not read before this one is sent: a peer that does not read its own echoes fills nobody's memory.</summary>
    protected override void OnMessage(OpCode opCode) => Pause = EchoAsync(opCode);

    private async Task EchoAsync(OpCode opCode)
    {
        // Megabytes of compressed data take milliseconds: not on a thread that serves sockets.
        if (Session.Variant.IsDeflated() && _message.Length > BrokerLimits.MostBytesToDeflateInline)
            await Task.Yield();
        MessageBuffer message = Frames.MessageCompressed ? new MessageBuffer(Server.Input, isBrief: true) : _message;
        try
        {
            if (message != _message && !TryInflate(opCode, _message.Written, message))
                return;
            byte[]? deflated = message.Length <= Session.Variant.MostBytesDeflated() ? Deflater.TryDeflateFrame(opCode, message.Written.Span) : null;
            await Session.SendAsync(deflated ?? message.ToFrame(opCode)).ConfigureAwait(false);
            _message.Clear();
        }
        finally
        {
            message.Clear();
        }
    }
}
