namespace AiFunctions.AnomalyEvaluation.Traffic;

/// <summary>What clients share: time, holidays, model servers and their bad days.</summary>
internal sealed class World
{
    public const int Regions = 3;
    private const int SlicesPerDay = 288;
    private const int ModelCount = 8;
    private readonly List<(int From, int To, string? Model, double Share)> _incidents = [];
    private readonly HashSet<(int Region, int Day)> _holidays = [];
    private readonly int[] _clockChanges = new int[Regions];

    public World(int weeks, Dice dice)
    {
        Slices = weeks * 7 * SlicesPerDay;
        for (var i = 0; i < 8; i++)
        {
            var from = dice.Below(Slices);
            _incidents.Add((from, from + 2 + dice.Below(18), dice.Chance(0.4) ? null : dice.Pick(Models), dice.Between(0.15, 1)));
        }

        for (var region = 0; region < Regions; region++)
        {
            _holidays.Add((region, dice.Below(weeks * 7)));
            _holidays.Add((region, dice.Below(weeks * 7)));
            _clockChanges[region] = dice.Chance(0.5) ? dice.Below(Slices) / (7 * SlicesPerDay) * 7 * SlicesPerDay : int.MaxValue;
        }
    }

    /// <summary>How many slices there are.</summary>
    public int Slices { get; }

    public IReadOnlyList<string> Models { get; } = [.. Enumerable.Range(0, ModelCount).Select(i => $"model-{i}")];

    /// <summary>The share of a model's requests that fail.</summary>
    public double IncidentAt(int slice, string model)
    {
        foreach (var incident in _incidents)
        {
            if (slice >= incident.From && slice < incident.To && (incident.Model is null || incident.Model == model))
            {
                return incident.Share;
            }
        }

        return 0;
    }

    /// <summary>An hour more from the day on which a region sets its clocks.</summary>
    public int SummerTime(int region, int slice) => slice >= _clockChanges[region] ? 1 : 0;

    public double HolidayFactor(ClientKind kind, int region, int slice, int zone) =>
        !_holidays.Contains((region, (slice + (zone * 12)) / SlicesPerDay)) ? 1
        : kind switch
        {
            ClientKind.Office => 0.06,
            ClientKind.Consumer => 1.6,
            _ => 1,
        };
}
