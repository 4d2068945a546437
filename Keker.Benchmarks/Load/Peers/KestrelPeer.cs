namespace Keker.Benchmarks.Load.Peers;

/// <summary>WebSockets of ASP.NET Core, with Keker's API.</summary>
internal sealed class KestrelPeer : AspNetPeer
{
    public override string Name => "kestrel";
}
