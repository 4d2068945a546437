namespace Keker.Tests.EndToEnd.Browsers;

/// <summary>A way to a server that can become a black hole: nothing passes in either direction, and nobody is told.</summary>
internal interface ILine
{
    /// <summary>Host and port under which the server is there through it.</summary>
    string Address { get; }

    Task BeginHoleAsync();

    Task EndHoleAsync();
}
