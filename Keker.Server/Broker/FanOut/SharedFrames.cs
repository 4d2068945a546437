using Keker.Server.Broker.Topics;

namespace Keker.Server.Broker.FanOut;

/// <summary>
/// The built frames of one large publication, for as long as somebody uses them: slow readers that stand still in the same message at different times
/// share them. One for each topic and variant.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SharedFrames
{
    /// <summary>Smaller frames are built for each pass: one that a slow reader keeps is not worth the handle.</summary>
    public const int SmallestBytes = 4 << 10;

    private readonly List<(Topic Topic, Variant Variant, WeakReference<BuiltFrame> Frame)> _frames = [];

    /// <summary>The frame of a topic in a variant; built where nobody has it.</summary>
    public BuiltFrame GetOrBuild(Variant variant, Topic topic, long offset, Publication publication)
    {
        lock (_frames)
        {
            int index = _frames.FindIndex(frame => frame.Topic == topic && frame.Variant == variant);
            if (index >= 0 && _frames[index].Frame.TryGetTarget(out BuiltFrame? known))
                return known;
            var built = new BuiltFrame(PublicationFrames.Build(variant, topic, offset, publication));
            if (index >= 0)
                _frames[index].Frame.SetTarget(built);
            else
                _frames.Add((topic, variant, new WeakReference<BuiltFrame>(built)));
            return built;
        }
    }
}
