using Keker.Server.Net;

namespace Keker.Server.Http;

/// <summary>What has arrived of a chunked body, without its framing. It grows by doubling, and asks before it does.</summary>
/// <remarks>Not thread-safe: it belongs to its <see cref="HttpExchange"/>, and holds a rented array until <see cref="Clear"/>.</remarks>
internal sealed class ChunkedBody(InputBuffers buffers)
{
    private byte[] _bytes = [];

    /// <summary>The body so far; valid until it is written to or cleared.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>Makes room for so many more bytes.</summary>
    /// <returns>False when there is no memory for them.</returns>
    public bool TryReserve(int more)
    {
        if (more <= _bytes.Length - Length)
            return true;
        long grown = buffers.Budget.IsTight ? _bytes.Length + _bytes.Length / 2L : 2L * _bytes.Length;
        int length = (int)Math.Min(Array.MaxLength, Math.Max((long)Length + more, grown));
        if (buffers.TryRent(length) is not { } larger)
            return false;
        Written.CopyTo(larger);
        Return();
        _bytes = larger;
        return true;
    }

    /// <summary>Adds what there is room for.</summary>
    public void Write(ReadOnlySpan<byte> data)
    {
        data.CopyTo(_bytes.AsSpan(Length));
        Length += data.Length;
    }

    /// <summary>Forgets the body.</summary>
    public void Clear()
    {
        Return();
        _bytes = [];
        Length = 0;
    }

    private void Return()
    {
        if (_bytes.Length > 0)
            buffers.Return(_bytes);
    }
}
