using Keker.Server.Http;
using Keker.Server.Net;

namespace Keker.Tests.Server.Net;

internal static class ReadingPhaseExtensions
{
    /// <summary>Serves the connection.</summary>
    /// <returns>Completes when the peer is gone.</returns>
    public static Task RunAsync(this ReadingPhase phase)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        phase.Start(_ => ended.SetResult());
        return ended.Task;
    }

    /// <summary>Serves the connection as long as it speaks HTTP.</summary>
    /// <returns>What it has become.</returns>
    public static async Task<Upgrade> RunAsync(this HttpSession session)
    {
        await RunAsync((ReadingPhase)session);
        return session.Upgrade;
    }
}
