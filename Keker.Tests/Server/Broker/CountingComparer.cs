using Keker.Server.Broker;

namespace Keker.Tests.Server.Broker;

/// <summary>Compares tokens and counts how many it had to look at.</summary>
internal sealed class CountingComparer : IEqualityComparer<byte[]>
{
    public int Looks { get; private set; }

    public bool Equals(byte[]? x, byte[]? y)
    {
        Looks++;
        return TokenComparer.Instance.Equals(x, y);
    }

    public int GetHashCode(byte[] obj)
    {
        Looks++;
        return TokenComparer.Instance.GetHashCode(obj);
    }
}
