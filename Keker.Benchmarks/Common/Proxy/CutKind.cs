namespace Keker.Benchmarks.Common.Proxy;

/// <summary>How a connection breaks.</summary>
internal enum CutKind
{
    /// <summary>Both sides are reset: both know at once.</summary>
    Reset,

    /// <summary>Nothing passes any more, in either direction, and nobody is told: the network has changed.</summary>
    SilentDrop,

    /// <summary>The client's side is closed; the server's stays open, takes what is sent and answers nothing.</summary>
    HalfOpen,

    /// <summary>The client says goodbye with 1001, as a browser does for a page that is left: a break as good as any other.</summary>
    Leave,
}
