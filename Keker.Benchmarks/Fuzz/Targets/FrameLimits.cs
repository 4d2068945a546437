using Keker.Protocol.WebSocket;

namespace Keker.Benchmarks.Fuzz.Targets;

/// <summary>How a <see cref="FrameReader"/> is set up.</summary>
internal sealed record FrameLimits(int MaxMessageBytes, int MaxFragments, bool AllowCompressed)
{
    public FrameReader NewReader() => new(MaxMessageBytes, MaxFragments, AllowCompressed);
}
