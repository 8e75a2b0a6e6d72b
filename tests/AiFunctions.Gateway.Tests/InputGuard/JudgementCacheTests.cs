using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;

namespace AiFunctions.Gateway.Tests.InputGuard;

public class JudgementCacheTests
{
    private static readonly Judgement Some = new(new InjectionScore(0.7f, InjectionReasons.Jailbreak));

    [Fact]
    public void A_judgement_is_found_by_text_and_source_and_can_be_added_to()
    {
        var cache = new JudgementCache();
        var key = cache.KeyOf("text", TextSource.User);
        Assert.False(cache.TryGet(key, out _));

        cache.Set(key, Some);
        cache.Set(key, Some with { Opinion = ShieldOpinion.Clean });

        Assert.True(cache.TryGet(cache.KeyOf("text", TextSource.User), out var found));
        Assert.Equal(Some with { Opinion = ShieldOpinion.Clean }, found);
        Assert.False(cache.TryGet(cache.KeyOf("text", TextSource.Document), out _));
        Assert.False(cache.TryGet(cache.KeyOf("Text", TextSource.User), out _));
        Assert.False(cache.TryGet(new JudgementCache().KeyOf("text", TextSource.User), out _)); // each has a key of its own
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public void The_one_that_was_not_used_for_longest_goes_first()
    {
        var cache = new JudgementCache();
        for (var i = 0; i < JudgementCache.Capacity; i++)
        {
            cache.Set((UInt128)(uint)i, Some);
        }

        Assert.True(cache.TryGet(0, out _));
        cache.Set(UInt128.MaxValue, Some);

        Assert.True(cache.TryGet(0, out _));
        Assert.False(cache.TryGet(1, out _));
        Assert.True(cache.TryGet(2, out _));
        Assert.Equal(JudgementCache.Capacity, cache.Count);
    }
}
