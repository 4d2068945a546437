namespace Keker.Tests.Protocol.WebSocket;

internal static class TestBytes
{
    /// <summary>The same bytes in every run.</summary>
    public static byte[] Random(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
