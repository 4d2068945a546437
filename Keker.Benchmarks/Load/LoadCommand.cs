using System.Runtime.InteropServices;
using Keker.Benchmarks.Load.Options;
using Keker.Benchmarks.Load.Peers;
using Keker.Benchmarks.Load.Reports;
using Keker.Server.Net;

namespace Keker.Benchmarks.Load;

/// <summary>The commands <c>fanout</c>, <c>direct</c>, <c>http</c>, <c>idle</c> and <c>connect</c>: load on Keker, alone or beside others.</summary>
internal static class LoadCommand
{
    private const int Success = 0;
    private const int Failed = 1;
    private const int Misused = 2;
    private const int Interrupted = 130;

    public static bool IsMode(string name) => LoadOptionsParser.FindMode(name) != LoadMode.None;

    /// <param name="args">A mode that <see cref="IsMode"/> knows, and options.</param>
    /// <returns>The exit status.</returns>
    public static int Run(string[] args)
    {
        if (args.Any(argument => argument is "--help" or "-h"))
        {
            Console.WriteLine(LoadUsage.Text);
            return Success;
        }
        var mistakes = new List<string>();
        LoadOptions? options = LoadOptionsParser.Parse(args, mistakes);
        if (options is not null)
            mistakes.AddRange(Obstacles(options));
        if (options is null || mistakes.Count > 0)
        {
            foreach (string mistake in mistakes)
                Console.Error.WriteLine($"bench {args[0]}: {mistake}");
            return Misused;
        }
        return RunAsync(options).GetAwaiter().GetResult();
    }

    /// <summary>What makes valid options impossible on this machine.</summary>
    private static IEnumerable<string> Obstacles(LoadOptions options)
    {
        int most = DescriptorLimit.RaiseAndGetMostConnections();
        int wanted = options.Connections + (LoadMode.Publishing.HasFlag(options.Mode) ? options.Publishers : 0);
        if (wanted > most)
            yield return $"{wanted} connections: this process may have {most}; raise the hard limit of open files (ulimit -Hn) or give a smaller --connections";
        IEnumerable<Peer> peers = options.Url is null ? options.Compare.Select(PeerTable.Find).Prepend(PeerTable.Keker) : [];
        foreach (string missing in peers.Select(peer => peer.Missing).OfType<string>())
            yield return missing;
        if (options.Json is { } file and not LoadOptions.StandardOutput && !CanWrite(file))
            yield return $"--json {file}: this file cannot be written";
    }

    private static bool CanWrite(string file)
    {
        try
        {
            using FileStream stream = File.OpenWrite(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    private static async Task<int> RunAsync(LoadOptions options)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

        ProcessorPlan plan = ProcessorPlan.Make(options.Pin, options.Url is null);
        PrepareSockets(plan);
        if (plan.Apply() is { } complaint)
            Console.Error.WriteLine($"taskset: {complaint}");
        TextWriter output = options.Json == LoadOptions.StandardOutput ? Console.Error : Console.Out;
        await output.WriteLineAsync(Describe(options));
        await output.WriteLineAsync(plan.Text);

        var comparison = new Comparison(options, plan);
        try
        {
            await comparison.RunAsync(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("stopped");
            return Interrupted;
        }

        IReadOnlyList<RunResult> medians = comparison.MakeMedians();
        TextReport.Print(options.Mode, medians, options.Rounds, output);
        if (options.Json is not null)
            await WriteJsonAsync(options.Json, JsonReport.Make(options, plan.Text, comparison.Runs, medians));
        return comparison.Runs.All(run => run.IsGood) ? Success : Failed;
    }

    /// <summary>
    /// Read once, when the first socket is made: what was received is handled by the threads that poll the sockets, of which one for each
    /// processor is enough.
    /// </summary>
    private static void PrepareSockets(ProcessorPlan plan)
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", $"{plan.GeneratorCount}");
    }

    private static string Describe(LoadOptions options)
    {
        string target = options.Url is { } url ? $"{url.Host}:{url.Port}" : $"servers on this machine: {string.Join(", ", options.Compare.Prepend(PeerTable.Keker.Name))}";
        string publishers = options.Publishers == 1 ? "1 publisher" : $"{options.Publishers} publishers";
        string work = options.Mode switch
        {
            LoadMode.Fanout => $"{options.Connections} subscribers of one token, {options.Size} bytes, {options.Window} messages in flight, {publishers}",
            LoadMode.Direct => $"{options.Connections} tokens, {options.Size} bytes, {publishers} with {options.Depth} in flight each",
            LoadMode.Http => $"nobody listens, {options.Size} bytes, {publishers} with {options.Depth} in flight each",
            LoadMode.Idle => $"{options.Connections} sessions for {options.Hold.TotalSeconds:0.#} s",
            _ => $"{options.Connections} sessions again and again",
        };
        return $"{options.Mode.ToString().ToLowerInvariant()} on {target}; {work}";
    }

    private static async Task WriteJsonAsync(string file, string json)
    {
        if (file == LoadOptions.StandardOutput)
            await Console.Out.WriteLineAsync(json);
        else
            await File.WriteAllTextAsync(file, json + Environment.NewLine);
    }
}
