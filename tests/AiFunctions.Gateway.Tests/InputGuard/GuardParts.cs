using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Inference;
using AiFunctions.Gateway.InputGuard;
using AiFunctions.Gateway.InputGuard.PromptShields;
using AiFunctions.Gateway.InputGuard.Scoring;
using AiFunctions.Gateway.Models;
using AiFunctions.Gateway.OutputFilter;
using AiFunctions.Gateway.OutputFilter.SecondOpinion;
using AiFunctions.Gateway.Reviews;
using AiFunctions.Gateway.Storage;
using AiFunctions.Gateway.Upstreams;
using Azure.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.InputGuard;

/// <summary>A guard, put together from its real parts, but for the table of decisions.</summary>
internal sealed class GuardParts : IDisposable
{
    private static readonly Lazy<InjectionScorer> Scorer = new(() => InjectionScorer.Load(new BlockJudgements()));
    private static readonly Lazy<TokenCredential> NoCredential = new(() => throw new InvalidOperationException());

    private readonly PassageJudge _judge = new(Options.Create(new OutputFilterOptions()), NoCredential, TimeProvider.System, NullLogger<PassageJudge>.Instance);

    public GuardParts(InputGuardOptions? options = null, TimeProvider? time = null)
    {
        var settings = Options.Create(options ?? new InputGuardOptions());
        Decisions = new ReviewDecisions(subject => Decide(subject), time ?? TimeProvider.System, NullLogger<ReviewDecisions>.Instance);
        Shields = new PromptShieldsClient(settings, NoCredential, time ?? TimeProvider.System, NullLogger<PromptShieldsClient>.Instance);
        var upstreams = Options.Create(new UpstreamListOptions { Upstreams = [new UpstreamOptions { Name = "u", Models = ["known", "*"] }] });
        Models = new ConfiguredModels(new UpstreamList(upstreams));
        Recorder = new ReviewRecorder(Reviews, Models, time ?? TimeProvider.System);
        Guard = new PromptGuard(settings, Scorer, Judgements, Fingerprints, Decisions, Recorder, Shields);
    }

    public PromptGuard Guard { get; }

    public ConfiguredModels Models { get; }

    public JudgementCache Judgements { get; } = new();

    public TextFingerprints Fingerprints { get; } = FingerprintsWith("a key for the hashes of the tests");

    public ReviewQueue Reviews { get; } = new(NullLogger<ReviewQueue>.Instance);

    public ReviewRecorder Recorder { get; }

    public ReviewDecisions Decisions { get; }

    public PromptShieldsClient Shields { get; }

    /// <summary>What the table says about a text.</summary>
    public Func<ReviewSubject, Task<ReviewStatus>> Decide { get; set; } = _ => Task.FromResult(ReviewStatus.Pending);

    public static TextFingerprints FingerprintsWith(string key) => new(
        new KeyedHash(Options.Create(new HashKeyOptions { HashKey = key }), Options.Create(new StorageOptions())));

    /// <summary>The filters of answers under a policy.</summary>
    public ModelAnswers AnswersUnder(FilterPolicy policy) => new(policy, new AnswerReviews(policy, Fingerprints, Recorder), _judge);

    public void Dispose()
    {
        Shields.Dispose();
        _judge.Dispose();
    }
}
