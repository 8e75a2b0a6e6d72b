using AiFunctions.AnomalyEvaluation.Traffic;
using AiFunctions.Gateway.AnomalyDetection;
using AiFunctions.Gateway.AnomalyDetection.Activity;
using AiFunctions.Gateway.AnomalyDetection.Detection;

namespace AiFunctions.AnomalyEvaluation;

/// <summary>What the scans of one simulation have reported.</summary>
internal sealed class SimulationResult(int seed, IReadOnlyList<SimulatedClient> clients, IReadOnlyList<Attack> attacks)
{
    /// <summary>A scan takes place at the end of each slice, so the second one after a start is at the end of the next slice.</summary>
    private const int Scans = 2;

    /// <summary>For so long after its end, what an attack has left in the windows is still its doing. In slices.</summary>
    private const int Aftermath = 4;

    private static readonly AnomalyKind[] Kinds = Enum.GetValues<AnomalyKind>();
    private readonly Dictionary<(string ClientId, AnomalyKind Kind), Anomaly> _rows = [];
    private readonly HashSet<Attack> _found = [];
    private readonly HashSet<Attack> _named = [];
    private readonly Dictionary<Attack, int> _foundAt = [];
    private readonly List<(int Slice, Finding Finding)> _false = [];

    public int Seed => seed;

    public IReadOnlyList<Attack> Attacks => attacks;

    public IReadOnlyList<SimulatedClient> Clients => clients;

    /// <summary>The attacks that some scan reported while they went on.</summary>
    public IReadOnlyCollection<Attack> Found => _found;

    /// <summary>Those of them that were reported as what they were.</summary>
    public IReadOnlyCollection<Attack> Named => _named;

    /// <summary>Findings that no attack explains, one for each row that an operator would see.</summary>
    public IReadOnlyList<(int Slice, Finding Finding)> False => _false;

    /// <summary>Those that were reported by the second scan after their start.</summary>
    public int FoundInTime => _foundAt.Count(found => found.Value < (int)found.Key.Start + Scans);

    /// <summary>Whether an attack was reported by the second scan.</summary>
    public bool IsInTime(Attack attack) => _foundAt.TryGetValue(attack, out var slice) && slice < (int)attack.Start + Scans;

    /// <summary>Adds what a scan has found, as the product does: an operator sees new rows, and those that have become worse.</summary>
    public void Add(int slice, List<Finding> findings, Dictionary<string, Attack> attackOf, DateTimeOffset epoch)
    {
        foreach (var finding in findings)
        {
            var at = (finding.WindowStart - epoch) / ActivitySlice.Length;
            var attack = attackOf.GetValueOrDefault(finding.ClientId);
            var isAttack = attack is not null && at + 1 > attack.Start && at < attack.End + Aftermath;
            var key = (finding.ClientId, finding.Kind);
            var known = _rows.GetValueOrDefault(key);
            if (Anomaly.IsFaint(finding) && known?.GoesOnIn(finding) is not true && IsWary(finding))
            {
                continue;
            }

            var row = known?.Covers(finding) is true ? known.With(finding) : Anomaly.From("", finding);
            _rows[key] = row with { Reported = row.Finding.Severity };
            if (!row.IsDue)
            {
                continue;
            }

            if (!isAttack)
            {
                if (row.Reported is null)
                {
                    _false.Add((slice, finding));
                }
            }
            else if (at < attack!.End)
            {
                _found.Add(attack);
                _foundAt.TryAdd(attack, slice);
                if (finding.Kind == attack.Kind)
                {
                    _named.Add(attack);
                }
            }
        }
    }

    private bool IsWary(Finding finding) => Array.Exists(
        Kinds, kind => _rows.GetValueOrDefault((finding.ClientId, kind)) is { } row && finding.WindowStart - row.FirstSeenAt < Anomaly.WaryTime);
}
