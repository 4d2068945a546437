namespace Keker.Server.Inspection;

/// <summary>What a second of the server looked like. Totals are of all time.</summary>
/// <param name="Published">Messages accepted.</param>
/// <param name="Delivered">Messages handed to the kernel.</param>
/// <param name="MemoryBytes">What the process has in memory.</param>
/// <param name="Time">Seconds since 1970.</param>
/// <param name="Sessions">Sessions.</param>
/// <param name="Connections">Open connections of any kind.</param>
/// <param name="Median">Of the messages of this second: the time from accepting to the last send of the pass, in seconds; NaN where there were none.</param>
/// <param name="Slowest">The same, which one in a hundred exceeds.</param>
/// <param name="Refusals">Refusals of any kind.</param>
/// <param name="SlowConsumers">Sessions that were closed as too slow.</param>
/// <param name="Lost">Messages that no session had confirmed and that had to go.</param>
/// <param name="Errors">Internal errors.</param>
internal readonly record struct Sample(
    long Published, long Delivered, long MemoryBytes, int Time, int Sessions, int Connections, float Median, float Slowest, int Refusals, int SlowConsumers, int Lost,
    int Errors);
