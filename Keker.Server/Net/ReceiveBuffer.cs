namespace Keker.Server.Net;

/// <summary>What a thread receives into: one buffer for all connections that it serves. Its contents are gone with the next receive, and at any await.</summary>
internal static class ReceiveBuffer
{
    /// <summary>Bytes: a whole burst in one read is one batch.</summary>
    private const int Length = 64 << 10;

    [ThreadStatic]
    private static byte[]? _ofThread;

    public static byte[] OfThread => _ofThread ??= GC.AllocateUninitializedArray<byte>(Length);
}
