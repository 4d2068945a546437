using System.Diagnostics;
using System.Numerics;
using Keker.Server.Broker.Topics;
using Keker.Server.Options;

namespace Keker.Server.Broker.FanOut;

/// <summary>
/// The wire bytes of publications of one topic that follow one another, in one variant, and where each frame ends, so that a number of bytes
/// sent is a cursor and the rest of one frame.
/// </summary>
/// <remarks>Filled by one thread, then read-only. The encoder owns it; a write that outlives the encoder's use detaches it.</remarks>
internal sealed class Batch
{
    private const int MaxPublications = 1024;

    private readonly List<Publication> _publications = [];
    private readonly List<byte[]> _frames = [];
    private readonly List<int> _ends = [];
    private readonly List<BuiltFrame> _built = [];

    // Of what is kept only, which need not follow one another.
    private readonly List<long> _offsets = [];
    private byte[]? _buffer;
    private Topic? _topic;
    private int _plainLength;
    private int _length;

    /// <summary>Where whoever gets it stands: at the first publication, or before it where something is missing.</summary>
    public long From { get; private set; }

    /// <summary>Offset of the first publication.</summary>
    public long Start { get; private set; }

    /// <summary>Before this offset messages are gone for good that somebody who stands at <see cref="From"/> may miss; at or before it where none are.</summary>
    public long LostBefore { get; private set; }

    /// <summary>Offset after the last publication.</summary>
    public long End => OffsetAfter(_publications.Count);

    /// <summary>Where whoever gets it is sent only what the topic keeps for newcomers: up to this offset. 0 where it reads the log.</summary>
    public long KeptEnd { get; private set; }

    /// <summary>Whether whoever gets it before <see cref="KeptEnd"/> is told what is missing between: then the batch ends there.</summary>
    public bool TellsLosses { get; private set; }

    /// <summary>What the frames look like.</summary>
    public Variant Variant { get; private set; }

    public int Count => _publications.Count;

    /// <summary>What goes out before <see cref="Bytes"/>, for one session alone; null for nothing. A batch that has it is of one publication, and whoever sends it sends both.</summary>
    public byte[]? Lead { get; private set; }

    /// <summary>The wire bytes. One publication alone is sent from where it lies.</summary>
    public ReadOnlyMemory<byte> Bytes => _frames.Count == 1 ? _frames[0] : _buffer.AsMemory(0, _length);

    /// <summary>What a write that refers to <see cref="Bytes"/> keeps alive: all of the buffer, however little of it is used.</summary>
    public int HeldBytes => _frames.Count == 1 ? _length : _buffer?.Length ?? 0;

    /// <summary>Starts over.</summary>
    /// <param name="start">Offset of the first publication.</param>
    /// <param name="variant">What the frames look like.</param>
    /// <param name="topic">Whose publications they are; not needed where frames do not tell.</param>
    /// <param name="keptEnd">See <see cref="KeptEnd"/>.</param>
    /// <param name="tellsLosses">See <see cref="TellsLosses"/>.</param>
    public void Begin(long start, Variant variant = Variant.Plain, Topic? topic = null, long keptEnd = 0, bool tellsLosses = false)
    {
        KeptEnd = keptEnd;
        TellsLosses = tellsLosses;
        From = start;
        Start = start;
        LostBefore = start;
        Variant = variant;
        _topic = topic;
        Lead = null;
        _plainLength = 0;
        _length = 0;
        _publications.Clear();
        _frames.Clear();
        _ends.Clear();
        _built.Clear();
        _offsets.Clear();
    }

    /// <summary>It begins at a later offset: what is between is missing. Before the first publication.</summary>
    /// <param name="start">Offset of the first publication, or where it ends if there is none.</param>
    /// <param name="lostBefore">See <see cref="LostBefore"/>.</param>
    public void StepTo(long start, long lostBefore)
    {
        Start = start;
        LostBefore = lostBefore;
    }

    /// <summary>Takes the next publication as long as the batch has room; the first one always fits.</summary>
    public bool TryAdd(Publication publication)
    {
        int length = publication.Frame.Length;
        if (_publications.Count > 0 && (_plainLength + length > Limits.BatchBytes || _publications.Count == MaxPublications))
            return false;
        _plainLength += length;
        _publications.Add(publication);
        return true;
    }

    /// <summary>The same for one that is kept, and need not follow the one before.</summary>
    public bool TryAdd(Publication publication, long offset)
    {
        if (!TryAdd(publication))
            return false;
        _offsets.Add(offset);
        return true;
    }

    /// <summary>Where whoever gets it stands after so many of its publications.</summary>
    public long OffsetAfter(int publications) => publications == 0 ? Start : OffsetOf(publications - 1) + 1;

    /// <summary>The offset of one of its publications.</summary>
    public long OffsetOf(int index) => _offsets.Count == 0 ? Start + index : _offsets[index];

    /// <summary>Whether it was made for members that begin with what is kept as one does.</summary>
    public bool IsOf(long keptEnd, bool tellsLosses) => KeptEnd == keptEnd && (keptEnd == 0 || TellsLosses == tellsLosses);

    /// <summary>Builds the wire bytes.</summary>
    /// <param name="mostBytesToDeflate">Payloads beyond it are deflated only where that has been done already: the thread has no time for it.</param>
    public void Encode(int mostBytesToDeflate = 0)
    {
        foreach (Publication publication in _publications)
        {
            byte[] frame = Variant switch
            {
                Variant.Plain => publication.Frame,
                _ when Variant.IsDeflated() => Deflated(publication, mostBytesToDeflate) ?? publication.Frame,
                _ => Build(publication),
            };
            Add(frame);
        }
        Join();
    }

    /// <summary>
    /// Builds the wire bytes for one session alone, up to the first large publication. Where the batch begins with that one, it is of that one only: its
    /// frame is shared with others, and only what goes before it is the session's own.
    /// </summary>
    /// <param name="events">The events of the session.</param>
    /// <param name="member">Whose the publications are.</param>
    public void Encode(ListedEvents events, Subscription member)
    {
        int small = _publications.FindIndex(publication => publication.Payload.Length >= SharedFrames.SmallestBytes);
        if (small == 0)
        {
            Lead = events.IdLine(member, OffsetAfter(1));
            Add(Build(_publications[0]));
        }
        if (small >= 0)
            _publications.RemoveRange(Math.Max(1, small), _publications.Count - Math.Max(1, small));
        while (_frames.Count < _publications.Count)
            Add(events.Event(member, OffsetOf(_frames.Count), _publications[_frames.Count]));
        Join();
    }

    private void Add(byte[] frame)
    {
        _frames.Add(frame);
        _length += frame.Length;
        _ends.Add(_length);
    }

    private void Join()
    {
        if (_frames.Count < 2)
            return;

        // No larger than needed: with TLS a slow reader may keep it.
        if (_buffer is null || _buffer.Length < _length)
            _buffer = GC.AllocateUninitializedArray<byte>((int)BitOperations.RoundUpToPowerOf2((uint)_length));
        int position = 0;
        foreach (byte[] frame in _frames)
        {
            frame.CopyTo(_buffer, position);
            position += frame.Length;
        }
        Debug.Assert(position == _length);
    }

    private byte[]? Deflated(Publication publication, int mostBytesToDeflate) =>
        publication.Payload.Length <= Variant.MostBytesDeflated() ? publication.GetDeflated(mostBytesToDeflate) : null;

    /// <summary>Turns a number of bytes sent, fewer than all, into whole frames and the rest of the frame that was cut.</summary>
    /// <param name="sent">Bytes that went out.</param>
    /// <param name="rest">What is left of the first frame that did not go out whole: a reference into the publication, not a copy.</param>
    /// <param name="built">Set where that is a frame that others may refer to, too.</param>
    /// <returns>Whole frames sent.</returns>
    public int SplitAt(int sent, out ReadOnlyMemory<byte> rest, out BuiltFrame? built)
    {
        int index = _ends.BinarySearch(sent);
        int whole = index >= 0 ? index + 1 : ~index;
        int start = whole == 0 ? 0 : _ends[whole - 1];
        rest = _frames[whole].AsMemory(sent - start);
        built = whole < _built.Count ? _built[whole] : null;
        return whole;
    }

    private byte[] Build(Publication publication)
    {
        BuiltFrame built = PublicationFrames.Get(Variant, _topic!, OffsetOf(_frames.Count), publication);
        _built.Add(built);
        return built.Bytes;
    }
}
