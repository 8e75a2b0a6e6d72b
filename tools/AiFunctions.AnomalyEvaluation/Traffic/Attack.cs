using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;

namespace AiFunctions.AnomalyEvaluation.Traffic;

/// <summary>One planted attack: somebody else uses a client's key, or the client has turned.</summary>
internal sealed class Attack
{
    private static readonly string[] Strange = ["model-x1", "model-x2"];

    private readonly Dice _dice;
    private readonly SimulatedClient _client;
    private readonly bool _variant;
    private readonly double _strength;
    private readonly double _share;
    private readonly int _dimensions;
    private readonly double _sizeChange;

    public Attack(SimulatedClient client, AnomalyKind kind, double start, Dice dice)
    {
        _dice = dice;
        _client = client;
        Kind = kind;
        Start = start;
        End = start + dice.LogBetween(6, 72);
        _variant = dice.Chance(0.5);
        _share = dice.Between(0.45, 0.95);
        _dimensions = dice.Below(4);
        _sizeChange = (dice.Chance(0.7) ? 1 : -1) * dice.Between(Math.Log(5), Math.Log(15));
        _strength = kind switch
        {
            AnomalyKind.VolumeSpike => dice.LogBetween(8, 40),
            AnomalyKind.Probing => dice.LogBetween(12, 80),
            AnomalyKind.OffHours => dice.Between(0.5, 1.5),
            _ => dice.Between(0.8, 2.5),
        };
    }

    public AnomalyKind Kind { get; }

    public string ClientId => _client.Id;

    public ClientKind ClientKind => _client.Kind;

    /// <summary>When it begins, in slices.</summary>
    public double Start { get; }

    /// <summary>When it ends, in slices.</summary>
    public double End { get; }

    /// <summary>The part of a slice that it goes on in.</summary>
    public double PartOf(int slice) => Math.Clamp(Math.Min(slice + 1, End) - Math.Max(slice, Start), 0, 1);

    /// <summary>Adds its requests to what the client does.</summary>
    public void Fill(int slice, ActivityCounts counts)
    {
        var part = PartOf(slice);
        if (part <= 0)
        {
            return;
        }

        var usual = _client.RateAt(slice);
        switch (Kind)
        {
            case AnomalyKind.VolumeSpike when _variant:
                Add(counts, part * Math.Max(100, _strength * Math.Max(1, usual)));
                break;
            case AnomalyKind.VolumeSpike:
                // Fewer requests, each with as much as goes in.
                Add(counts, part * Math.Max(25, 1.5 * usual), tokens: Math.Max(8_000, _strength * _client.TokensPerRequest), size: _client.LogSize + 1.5);
                break;
            case AnomalyKind.ErrorRate:
                var failing = Add(counts, part * Math.Max(40, _strength * usual));
                var failed = _dice.Binomial(failing, _share);
                counts.ClientErrors += _variant ? failed : 0;
                counts.ServerErrors += _variant ? 0 : failed;
                break;
            case AnomalyKind.Probing when _variant:
                var refused = _dice.Poisson(part * _strength);
                Add(counts, refused + (part * refused * _dice.Between(0.2, 2)));
                counts.Refusals += Math.Min(refused, counts.Requests);
                break;
            case AnomalyKind.Probing:
                // One template with another word each time; most get through.
                var alike = Add(counts, part * Math.Max(80, 12 * usual), spread: 0.03);
                counts.Refusals += _dice.Binomial(alike, 0.12);
                break;
            case AnomalyKind.UnusualShape:
                Add(
                    counts,
                    part * Math.Max(40, _strength * usual),
                    model: _dimensions != 0 ? Strange[_dice.Below(Strange.Length)] : null,
                    operation: _dimensions != 1 ? (_client.Operation == "Completions" ? "Messages" : "Completions") : null,
                    size: _dimensions != 2 ? _client.LogSize + _sizeChange : null);
                break;
            default:
                Add(counts, part * Math.Max(25, _strength * _client.PeakRate));
                break;
        }
    }

    private int Add(ActivityCounts counts, double rate, double? tokens = null, double? size = null, double? spread = null, string? model = null, string? operation = null)
    {
        var requests = _dice.Poisson(rate);
        if (requests > 0)
        {
            _client.Add(
                counts, requests, size ?? _client.LogSize, spread ?? _client.SizeSpread, _client.Tokens(requests, tokens ?? _client.TokensPerRequest, 0.5));
            counts.Models.Add(ActivityMix.KeyOf(model ?? _client.Model), requests);
            counts.Operations.Add(ActivityMix.KeyOf(operation ?? _client.Operation), requests);
        }

        return requests;
    }
}
