using AiFunctions.Gateway.Tokens;

namespace AiFunctions.Gateway.Tests.Tokens;

public class TokenUseTests
{
    private const long Prompt = 10;
    private const long Reserved = 100;

    [Fact]
    public void Before_the_call_nothing_is_used() => Assert.Equal(0, Settle(_ => { }));

    [Fact]
    public void A_refused_call_uses_nothing() => Assert.Equal(0, Settle(use =>
    {
        use.Begin();
        use.Refuse();
    }));

    [Fact]
    public void A_call_that_broke_off_uses_its_prompt() => Assert.Equal(Prompt, Settle(use => use.Begin()));

    [Theory]
    [InlineData(5, Prompt + 5)]
    [InlineData(5000, Reserved)]
    public void What_was_received_counts_up_to_the_reservation(long received, long expected) => Assert.Equal(expected, Settle(use =>
    {
        use.Begin();
        use.Receive(received);
    }));

    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public void A_final_report_stands_even_above_the_reservation(long reported) => Assert.Equal(reported, Settle(use =>
    {
        use.Begin();
        use.Receive(50);
        use.Report(reported, isFinal: true);
    }));

    [Fact]
    public void A_caller_that_left_before_an_answer_may_have_used_all() => Assert.Equal(Reserved, Settle(use => use.Begin(), callerGone: true));

    [Fact]
    public void A_caller_that_left_in_mid_answer_has_used_what_came() => Assert.Equal(Prompt + 5, Settle(use =>
    {
        use.Begin();
        use.Receive(5);
    }, callerGone: true));

    [Fact]
    public void Nothing_is_settled_twice()
    {
        var budget = new FakeTokenBudget();
        var use = new TokenUse(budget, Prompt, Reserved, CancellationToken.None);
        use.Dispose();
        use.Dispose();

        Assert.Single(budget.Settled);
    }

    private static long Settle(Action<TokenUse> call, bool callerGone = false)
    {
        var budget = new FakeTokenBudget();
        using (var use = new TokenUse(budget, Prompt, Reserved, new CancellationToken(callerGone)))
        {
            call(use);
        }

        return Assert.Single(budget.Settled);
    }
}
