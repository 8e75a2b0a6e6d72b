using System.Text.Json;
using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.Errors;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.Prompts;
using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace AiFunctions.Gateway.Tests.InputGuard;

/// <summary>What follows from a score. Thresholds and remembered judgements make the scores, so that nothing here depends on the scorer.</summary>
public sealed class PromptGuardTests
{
    private const string Text = "How do I sort a list in C#?";
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(0.49f, InputGuardMode.Block, GuardOutcome.Allowed)]
    [InlineData(0.5f, InputGuardMode.Block, GuardOutcome.Flagged)]
    [InlineData(0.79f, InputGuardMode.Block, GuardOutcome.Flagged)]
    [InlineData(0.8f, InputGuardMode.Block, GuardOutcome.Rejected)]
    [InlineData(0.49f, InputGuardMode.Flag, GuardOutcome.Allowed)]
    [InlineData(0.5f, InputGuardMode.Flag, GuardOutcome.Flagged)]
    [InlineData(1.0f, InputGuardMode.Flag, GuardOutcome.Flagged)]
    public async Task The_score_and_the_mode_decide(float score, InputGuardMode mode, object outcome)
    {
        using var parts = new GuardParts(new InputGuardOptions { Mode = mode, FlagThreshold = 0.5, BlockThreshold = 0.8 }, _time);
        Know(parts, Text, TextSource.User, score);

        var (error, context) = await CheckAsync(parts, User(Text));

        Assert.Equal((GuardOutcome)outcome == GuardOutcome.Rejected ? GatewayErrors.PromptRejected : null, error);
        var verdict = context.Features.Get<GuardVerdict>()!;
        Assert.Equal((score, (GuardOutcome)outcome, InjectionReasons.Jailbreak), (verdict.Score, verdict.Outcome, verdict.Reasons));
        Assert.Equal((GuardOutcome)outcome == GuardOutcome.Allowed ? 0 : 1, parts.Reviews.TakeAll().Count);
        Assert.Empty(context.Response.Headers);
    }

    [Fact]
    public async Task Off_judges_nothing()
    {
        using var parts = new GuardParts(new InputGuardOptions { Mode = InputGuardMode.Off, FlagThreshold = 0, BlockThreshold = 0 }, _time);

        var (error, context) = await CheckAsync(parts, User(Text));

        Assert.Null(error);
        Assert.Null(context.Features.Get<GuardVerdict>());
        Assert.Equal(0, parts.Judgements.Count);
    }

    [Fact]
    public async Task The_scorer_is_asked_about_each_source_once()
    {
        using var parts = new GuardParts(time: _time);
        const string Both = "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"tool\",\"content\":\"d\"}]}";

        await CheckAsync(parts, Both);
        await CheckAsync(parts, Both);

        Assert.Equal(2, parts.Judgements.Count);
        Assert.True(parts.Judgements.TryGet(parts.Judgements.KeyOf("u", TextSource.User), out var user));
        Assert.Equal(InjectionScorer.Load().Score("u", TextSource.User), user.Score);
        Assert.True(parts.Judgements.TryGet(parts.Judgements.KeyOf("d", TextSource.Document), out _));
    }

    [Fact]
    public async Task More_text_than_the_tier_allows_is_refused_unjudged_wherever_it_stands()
    {
        using var parts = new GuardParts(time: _time);
        const string Body = "{\"messages\":[{\"role\":\"user\",\"content\":\"12345\"}],\"documents\":[{\"text\":\"67890\"}],\"tools\":[{\"description\":\"trusted\"}]}";

        Assert.Null((await CheckAsync(parts, Body, mostCharacters: 10)).Error);
        Assert.Equal(2, parts.Judgements.Count);
        Assert.Equal(GatewayErrors.RequestTooLarge, (await CheckAsync(parts, Body.Replace('1', '2'), mostCharacters: 9)).Error);
        Assert.Equal(2, parts.Judgements.Count);
    }

    [Fact]
    public async Task A_score_that_is_no_number_is_refused()
    {
        using var parts = new GuardParts(time: _time);
        Know(parts, Text, TextSource.User, float.NaN);

        Assert.Equal(GatewayErrors.PromptRejected, (await CheckAsync(parts, User(Text))).Error);
    }

    [Fact]
    public async Task The_worse_of_the_two_sources_counts()
    {
        using var parts = new GuardParts(time: _time);
        Know(parts, "u", TextSource.User, 0.6f);
        Know(parts, "d", TextSource.Document, 0.9f);

        var (error, context) = await CheckAsync(parts, "{\"messages\":[{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"tool\",\"content\":\"d\"}]}");

        Assert.Equal(GatewayErrors.PromptRejected, error);
        Assert.Equal(0.9f, context.Features.Get<GuardVerdict>()!.Score);
        Assert.Equal([ReviewVerdict.Flagged, ReviewVerdict.Rejected], parts.Reviews.TakeAll().Select(review => review.Verdict));
    }

    [Theory]
    [InlineData(0.6f, InputGuardMode.Block)]
    [InlineData(0.9f, InputGuardMode.Block)]
    [InlineData(0.9f, InputGuardMode.Flag)]
    public async Task A_decision_goes_before_the_score_and_is_for_its_client_text_and_source_only(float score, InputGuardMode mode)
    {
        using var parts = new GuardParts(new InputGuardOptions { Mode = mode }, _time);
        foreach (var text in new[] { Text, Text.ToUpperInvariant() + "\u200b", "another" })
        {
            Know(parts, text, TextSource.User, score);
            Know(parts, text, TextSource.Document, score);
        }

        var decided = new ReviewSubject("c", ReviewSource.User, parts.Fingerprints.Of(Text));
        var decision = ReviewStatus.Allowed;
        parts.Decide = subject => Task.FromResult(subject == decided ? decision : ReviewStatus.Pending);
        var undecided = mode == InputGuardMode.Block && score >= 0.8f ? GatewayErrors.PromptRejected : null;

        Assert.Null((await CheckAsync(parts, User(Text))).Error);
        Assert.Null((await CheckAsync(parts, User(Text.ToUpperInvariant() + "\\u200b"))).Error);
        Assert.Empty(parts.Reviews.TakeAll());
        Assert.Equal(undecided, (await CheckAsync(parts, User(Text), client: "other")).Error);
        Assert.Equal(undecided, (await CheckAsync(parts, User("another"))).Error);
        Assert.Equal(undecided, (await CheckAsync(parts, "{\"messages\":[{\"role\":\"tool\",\"content\":\"" + Text + "\"}]}")).Error);
        Assert.Equal(3, parts.Reviews.TakeAll().Count);

        decision = ReviewStatus.Rejected;
        parts.Decisions.Forget(decided);
        Assert.Equal(GatewayErrors.PromptRejected, (await CheckAsync(parts, User(Text))).Error);
    }

    [Fact]
    public async Task What_is_below_the_threshold_asks_no_table()
    {
        using var parts = new GuardParts(time: _time);
        Know(parts, Text, TextSource.User, 0.49f);
        parts.Decide = _ => throw new InvalidOperationException();

        Assert.Null((await CheckAsync(parts, User(Text))).Error);
    }

    [Theory]
    [InlineData(0.6f, false)]
    [InlineData(0.9f, true)]
    public async Task Without_storage_the_score_decides(float score, bool isRejected)
    {
        using var parts = new GuardParts(time: _time);
        Know(parts, Text, TextSource.User, score);
        parts.Decide = _ => throw new StorageUnavailableException(new IOException());

        Assert.Equal(isRejected, (await CheckAsync(parts, User(Text))).Error is not null);
    }

    [Fact]
    public async Task A_review_says_everything_but_the_text()
    {
        using var parts = new GuardParts(time: _time);
        Know(parts, Text, TextSource.User, 0.6f);

        await CheckAsync(parts, User(Text), model: "known");
        await CheckAsync(parts, User(Text), model: "given by the client");
        await CheckAsync(parts, User(Text), model: "made up by the caller");

        var review = Assert.Single(parts.Reviews.TakeAll());
        Assert.Equal(3, review.Count);
        Assert.Null(review.Model);
        Assert.Equal(new ReviewSubject("c", ReviewSource.User, parts.Fingerprints.Of(Text)), review.Subject);
        Assert.Equal(("k", "request", "ChatCompletions", Text.Length), (review.KeyId, review.RequestId, review.Operation, review.Characters));
        Assert.Equal((0.6, ReviewVerdict.Flagged), (Math.Round(review.Score, 3), review.Verdict));
        Assert.Equal(["jailbreak"], review.Reasons);

        foreach (var model in new[] { "known", "given by the client" })
        {
            await CheckAsync(parts, User(Text), model: model);
            Assert.Equal(model, Assert.Single(parts.Reviews.TakeAll()).Model);
        }
    }

    [Theory]
    [InlineData(ShieldOpinion.Clean, InputGuardMode.Block, GuardOutcome.Allowed)]
    [InlineData(ShieldOpinion.Attack, InputGuardMode.Block, GuardOutcome.Rejected)]
    [InlineData(ShieldOpinion.Attack, InputGuardMode.Flag, GuardOutcome.Flagged)]
    [InlineData(ShieldOpinion.Clean, InputGuardMode.Flag, GuardOutcome.Allowed)]
    public async Task The_second_opinion_decides_the_band_between_the_thresholds(object opinion, InputGuardMode mode, object outcome)
    {
        var options = new InputGuardOptions { Mode = mode, PromptShields = new PromptShieldsOptions { Endpoint = new Uri("http://127.0.0.1:1"), ApiKey = "key" } };
        using var parts = new GuardParts(options, _time);
        parts.Judgements.Set(
            parts.Judgements.KeyOf(Text, TextSource.User), new Judgement(new InjectionScore(0.6f, InjectionReasons.Classifier), (ShieldOpinion)opinion));

        var (error, context) = await CheckAsync(parts, User(Text));

        Assert.Equal((GuardOutcome)outcome, context.Features.Get<GuardVerdict>()!.Outcome);
        Assert.Equal((GuardOutcome)outcome == GuardOutcome.Rejected, error is not null);
        Assert.Equal((GuardOutcome)outcome == GuardOutcome.Allowed ? 0 : 1, parts.Reviews.TakeAll().Count);
    }

    [Theory]
    [InlineData(PromptShieldsFailurePolicy.UseScore, InputGuardMode.Block, GuardOutcome.Flagged)]
    [InlineData(PromptShieldsFailurePolicy.Reject, InputGuardMode.Block, GuardOutcome.Rejected)]
    [InlineData(PromptShieldsFailurePolicy.Reject, InputGuardMode.Flag, GuardOutcome.Flagged)]
    public async Task Without_a_second_opinion_the_policy_decides(PromptShieldsFailurePolicy policy, InputGuardMode mode, object outcome)
    {
        var options = new InputGuardOptions
        {
            Mode = mode,
            PromptShields = new PromptShieldsOptions { Endpoint = new Uri("http://127.0.0.1:1"), ApiKey = "key", OnFailure = policy },
        };
        using var parts = new GuardParts(options); // nobody listens there
        Know(parts, Text, TextSource.User, 0.6f);

        var (_, context) = await CheckAsync(parts, User(Text));

        Assert.Equal((GuardOutcome)outcome, context.Features.Get<GuardVerdict>()!.Outcome);
    }

    [Fact]
    public void The_answer_tells_nothing()
    {
        Assert.Equal((400, "prompt_rejected"), (GatewayErrors.PromptRejected.Status, GatewayErrors.PromptRejected.Code));
        Assert.Null(GatewayErrors.PromptRejected.Param);
        Assert.DoesNotContain(Enum.GetNames<InjectionReasons>(), reason => GatewayErrors.PromptRejected.Message.Contains(reason, StringComparison.OrdinalIgnoreCase));
    }

    private static void Know(GuardParts parts, string text, TextSource source, float score) =>
        parts.Judgements.Set(parts.Judgements.KeyOf(text, source), new Judgement(new InjectionScore(score, InjectionReasons.Jailbreak)));

    private static string User(string text) => "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";

    private static async Task<(GatewayError? Error, HttpContext Context)> CheckAsync(
        GuardParts parts, string body, string client = "c", string model = "known", long mostCharacters = 1000)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "request" };
        context.SetEndpoint(GatewayOperations.Get("ChatCompletions").Endpoint);
        context.Features.Set(new ClientIdentity(
            new Client { Id = client, Name = "n", Tier = "free", Models = ["given by the client"], CreatedAt = default, UpdatedAt = default },
            new ClientKey { KeyId = "k", ClientId = client, Hash = [], CreatedAt = default }));
        using var document = JsonDocument.Parse(body);
        return (await parts.Guard.CheckAsync(context, document.RootElement, model, ChatPrompt.Read, mostCharacters), context);
    }
}
