using System.Net.Sockets;
using Keker.Benchmarks.Load.Options;
using Keker.Benchmarks.Load.Peers;
using Keker.Benchmarks.Load.Reports;

namespace Keker.Benchmarks.Load;

/// <summary>All runs that were asked for: in each round every peer in turn, on a server of its own.</summary>
internal sealed class Comparison(LoadOptions options, ProcessorPlan plan)
{
    private readonly Peer[] _peers = [PeerTable.Keker, .. options.Compare.Select(PeerTable.Find)];
    private readonly List<RunResult> _runs = [];

    public IReadOnlyList<RunResult> Runs => _runs;

    /// <summary>One for each peer, Keker first.</summary>
    public IReadOnlyList<RunResult> MakeMedians() => [.. _runs.GroupBy(run => run.Peer).Select(runs => Medians.Of([.. runs]))];

    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Peer peer in _peers)
                _runs.Add(await RunAsync(peer, round, stop) with { Round = round });
        }
    }

    private async Task<RunResult> RunAsync(Peer peer, int round, CancellationToken stop)
    {
        var progress = new Progress(options.Rounds > 1 ? $"{peer.Name} {round}/{options.Rounds}" : peer.Name);
        try
        {
            await using LoadedServer server = options.Url is { } url
                ? await LoadedServer.FindAsync(url)
                : await LoadedServer.StartAsync(peer, options.Connections + options.Publishers, plan, stop);
            progress.Say($"load on {server.EndPoint}");
            Task<RunResult> run = options.Mode switch
            {
                LoadMode.Idle => new IdleRun(options, peer, server, plan.GeneratorCount, progress).RunAsync(stop),
                LoadMode.Connect => new ConnectRun(options, peer, server, plan.GeneratorCount, progress).RunAsync(stop),
                _ => new MessageRun(options, peer, server, plan.GeneratorCount, progress).RunAsync(stop),
            };
            return await run;
        }
        catch (Exception e) when (e is RunFailedException or SocketException or IOException or InvalidDataException or TimeoutException)
        {
            progress.Say($"failed: {e.Message}");
            return new RunResult { Peer = peer.Name, Failure = e.Message };
        }
    }
}
