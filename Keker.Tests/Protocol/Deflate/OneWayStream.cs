namespace Keker.Tests.Protocol.Deflate;

/// <summary>The connection of one peer: it reads what was prepared, and what it writes is kept.</summary>
internal sealed class OneWayStream(byte[] incoming) : Stream
{
    private readonly MemoryStream _incoming = new(incoming);
    private readonly MemoryStream _outgoing = new();

    public byte[] Outgoing => _outgoing.ToArray();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => _incoming.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count) => _outgoing.Write(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
