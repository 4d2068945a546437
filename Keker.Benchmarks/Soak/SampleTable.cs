namespace Keker.Benchmarks.Soak;

/// <summary>What the server held before, during and after the load.</summary>
internal sealed class SampleTable
{
    /// <summary>Before anybody came.</summary>
    public ServerSample Start { get; set; }

    /// <summary>Under full load, when everything has been touched once.</summary>
    public ServerSample Warm { get; set; }

    public ServerSample Peak { get; set; }

    /// <summary>When everybody has gone.</summary>
    public ServerSample End { get; set; }

    public void Print()
    {
        Print("", "start", "warm", "peak", "end");
        Print("RSS, MiB", sample => sample.ResidentBytes >> 20);
        Print("descriptors", sample => sample.Descriptors);
        Print("threads", sample => sample.Threads);
        Print("CPU, s", sample => (long)sample.Cpu.TotalSeconds);
        Print("sessions", sample => sample.Sessions);
        Print("connections", sample => sample.Connections);
        Print("logBytes", sample => sample.LogBytes);
        Print("cachedBytes", sample => sample.CachedBytes);
        Print("slowConsumers", sample => sample.SlowConsumers);
        Print("unconfirmedLost", sample => sample.UnconfirmedLost);
    }

    private void Print(string name, Func<ServerSample, long> value) =>
        Print(name, $"{value(Start)}", $"{value(Warm)}", $"{value(Peak)}", $"{value(End)}");

    private static void Print(string name, string start, string warm, string peak, string end) =>
        Console.WriteLine($"{name,-16} {start,12} {warm,12} {peak,12} {end,12}");
}
