using System.Buffers;
using System.Text;
using Keker.Protocol.WebSocket;
using Keker.Server.Broker;
using Keker.Server.Broker.Sessions;

namespace Keker.Server.Presence;

/// <summary>Closes sessions with 4403, and writes <c>{"sessions":N}</c>.</summary>
/// <param name="query">Whose sessions.</param>
/// <param name="reason">The reason of the Close: at most 123 bytes of UTF-8.</param>
/// <param name="context">Where they are.</param>
/// <param name="done">Called at the end with the number of sessions.</param>
internal sealed class SessionLogOut(SessionQuery query, ReadOnlyMemory<byte> reason, BrokerContext context, Action<int> done) : SessionVisit(query, context)
{
    private readonly BrokerContext _context = context;

    protected override bool TryVisit(Session session, IBufferWriter<byte> output)
    {
        // A drain lets it have what is in the log first, and that is over now.
        if (session.CloseRequested is { AfterLog: false })
            return false;
        session.RequestClose(CloseCode.Forbidden, reason);
        _context.Counters.LoggedOut.Increment();
        return true;
    }

    protected override void WriteEnd(IBufferWriter<byte> output)
    {
        done(Count);
        output.Write(Encoding.ASCII.GetBytes($"{{\"sessions\":{Count}}}"));
    }
}
