namespace Keker.Benchmarks.Load.Options;

/// <summary>What is measured; flags, so that an option can name those that it is for.</summary>
[Flags]
internal enum LoadMode
{
    None = 0,

    /// <summary>Many subscribers of one token.</summary>
    Fanout = 1,

    /// <summary>A token for each subscriber.</summary>
    Direct = 2,

    /// <summary>Publishing to a token that nobody has.</summary>
    Http = 4,

    /// <summary>Sessions that are only there.</summary>
    Idle = 8,

    /// <summary>The way from no connection to a session.</summary>
    Connect = 16,

    Publishing = Fanout | Direct | Http,
    Delivering = Fanout | Direct,
    Subscribing = Fanout | Direct | Idle | Connect,
    Any = Publishing | Subscribing,
}
