using AiFunctions.Gateway.Blocks;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.Blocks;

public class RefusedTextsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_text_is_new_once_a_window_for_each_subject()
    {
        var texts = new RefusedTexts(Options.Create(new AbuseBlockingOptions { WindowSeconds = 10 }), _time);

        Assert.True(texts.TryAdd(Subjects.Alice, 1));
        Assert.False(texts.TryAdd(Subjects.Alice, 1));
        Assert.True(texts.TryAdd(Subjects.Bob, 1));
        Assert.True(texts.TryAdd(Subjects.Alice, 2));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(texts.TryAdd(Subjects.Alice, 1));
        Assert.Equal(1, texts.Count);
    }

    [Fact]
    public void No_more_are_remembered_than_the_bound()
    {
        var texts = new RefusedTexts(Options.Create(new AbuseBlockingOptions()), _time);
        for (var i = 0; i < RefusedTexts.Most + 100; i++)
        {
            texts.TryAdd(Subjects.Alice, (UInt128)i);
        }

        Assert.Equal(RefusedTexts.Most, texts.Count);
        Assert.False(texts.TryAdd(Subjects.Alice, 101));
        Assert.True(texts.TryAdd(Subjects.Alice, 0));
    }
}
