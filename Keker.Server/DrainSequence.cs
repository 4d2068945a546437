using Keker.Server.Net;
using Keker.Server.Observability;

namespace Keker.Server;

/// <summary>
/// Ends all connections without a stampede: closes are spread over time, because everyone who is closed comes back at once,
/// to the next server.
/// </summary>
internal sealed class DrainSequence(ServerContext server, TimeProvider timeProvider, TimeSpan spread, TimeSpan grace)
{
    /// <summary>Connections a second that no other server minds: a few need not wait for the whole time.</summary>
    private const int ClosesPerSecond = 500;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns when the last connection is gone, the time is up, or <paramref name="now"/> completes.</summary>
    public async Task RunAsync(Task now)
    {
        server.TryBeginDrain();
        List<Connection> connections = [];
        server.Connections.Visit(connections.Add);
        server.Log.Draining(connections.Count);
        Task empty = server.Connections.WhenEmpty();

        TimeSpan duration = TimeSpan.FromSeconds((double)connections.Count / ClosesPerSecond);
        int steps = (int)((duration < spread ? duration : spread) / Step) + 1;
        int perStep = connections.Count / steps + 1;
        foreach (Connection[] some in connections.Chunk(perStep))
        {
            foreach (Connection connection in some)
                Drain(connection);
            if (await IsOverAsync(Step, empty, now).ConfigureAwait(false))
                return;
        }
        await IsOverAsync(grace, empty, now).ConfigureAwait(false);
    }

    /// <summary>Whatever goes wrong with one connection, the next ones are drained.</summary>
    private void Drain(Connection connection)
    {
        try
        {
            connection.Drain();
        }
        catch (Exception e)
        {
            server.Log.Unexpected(e);
        }
    }

    private async Task<bool> IsOverAsync(TimeSpan wait, Task empty, Task now)
    {
        Task first = await Task.WhenAny(Task.Delay(wait, timeProvider), empty, now).ConfigureAwait(false);
        return first == empty || first == now;
    }
}
