namespace Keker.Protocol.Hashes;

/// <summary>A hash function that takes its input in blocks of <see cref="BlockHash.BlockLength"/> bytes. Implementations hold nothing.</summary>
internal interface IBlockHash
{
    /// <summary>Mixes one block into the state.</summary>
    /// <param name="state">The words of the hash.</param>
    /// <param name="block">At least <see cref="BlockHash.BlockLength"/> bytes; the first of them are read.</param>
    static abstract void Mix(Span<uint> state, ReadOnlySpan<byte> block);
}
