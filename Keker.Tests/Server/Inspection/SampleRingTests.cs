using Keker.Server.Inspection;

namespace Keker.Tests.Server.Inspection;

internal sealed class SampleRingTests
{
    [Test]
    public void The_last_hour_is_kept_and_no_more()
    {
        var ring = new SampleRing();
        for (int time = 1; time <= SampleRing.Length + 10; time++)
            ring.Add(At(time));

        Sample[] read = Read(ring, after: 0);

        Assert.That(read.Select(sample => sample.Time), Is.EqualTo(Enumerable.Range(11, SampleRing.Length)));
    }

    [Test]
    public void Only_what_came_after_a_time_is_read_a_few_at_a_time()
    {
        var ring = new SampleRing();
        foreach (int time in new[] { 10, 20, 30, 40 })
            ring.Add(At(time));
        var two = new Sample[2];

        Assert.That(Read(ring, after: 20).Select(sample => sample.Time), Is.EqualTo(new[] { 30, 40 }));
        Assert.That(Read(ring, after: 19).Select(sample => sample.Time), Is.EqualTo(new[] { 20, 30, 40 }));
        Assert.That(ring.Read(0, two), Is.EqualTo(2));
        Assert.That(two.Select(sample => sample.Time), Is.EqualTo(new[] { 10, 20 }));
        Assert.That(Read(ring, after: 40), Is.Empty);
    }

    [Test]
    public void A_second_has_one_sample_and_time_does_not_go_back()
    {
        var ring = new SampleRing();
        foreach (int time in new[] { 10, 10, 9, 11 })
            ring.Add(At(time));

        Assert.That(Read(ring, after: 0).Select(sample => sample.Time), Is.EqualTo(new[] { 10, 11 }));
    }

    [Test]
    public void It_takes_as_many_bytes_as_the_manual_says() => Assert.That(SampleRing.Bytes, Is.EqualTo(230_400));

    private static Sample At(int time) => new() { Time = time };

    private static Sample[] Read(SampleRing ring, long after)
    {
        var samples = new Sample[SampleRing.Length + 1];
        return samples[..ring.Read(after, samples)];
    }
}
