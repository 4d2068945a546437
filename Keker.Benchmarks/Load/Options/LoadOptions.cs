namespace Keker.Benchmarks.Load.Options;

/// <summary>A measurement as it was asked for, defaults filled in.</summary>
internal sealed record LoadOptions
{
    public required LoadMode Mode { get; init; }

    /// <summary>Subscribers; 0 with <see cref="LoadMode.Http"/>.</summary>
    public int Connections { get; init; }

    /// <summary>Bytes of a message.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Messages in flight with <see cref="LoadMode.Fanout"/>.</summary>
    public int Window { get; init; }

    /// <summary>Connections that publish.</summary>
    public int Publishers { get; init; }

    /// <summary>Requests in flight of each publisher, except with <see cref="LoadMode.Fanout"/>.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>The measured time.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time under load before that.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long idle sessions are held.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    public int Rounds { get; init; }

    /// <summary>The file for the report, <see cref="StandardOutput"/>, or null.</summary>
    public string? Json { get; init; }

    /// <summary>Whether every byte is looked at; numbers and lengths always are.</summary>
    public bool Verify { get; init; }

    /// <summary>Peers that are measured beside Keker.</summary>
    public IReadOnlyList<string> Compare { get; init; } = [];

    /// <summary>A running server, instead of one that is started for each run.</summary>
    public Uri? Url { get; init; }

    /// <summary>False keeps server and generator on all processors.</summary>
    public bool Pin { get; init; } = true;

    /// <summary>In place of the name of a file.</summary>
    public const string StandardOutput = "-";
}
