using System.Globalization;
using AiFunctions.AnomalyEvaluation;
using AiFunctions.Gateway.AnomalyDetection.Detection;

// dotnet run -c Release --project tools/AiFunctions.AnomalyEvaluation [first seed] [last seed] [--list]
// Simulates four weeks of 200 clients with 100 planted attacks for each seed and prints what the scans found of them, how soon, and what else
// they reported. The detectors were tuned on seeds 1 to 8; 36 to 40 are for the report.
const int Clients = 200;
const int Weeks = 4;
const int Attacks = 100;
var numbers = args.Where(arg => int.TryParse(arg, CultureInfo.InvariantCulture, out _)).Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)).ToArray();
var (first, last) = (numbers.Length > 0 ? numbers[0] : 36, numbers.Length > 1 ? numbers[1] : numbers.Length > 0 ? numbers[0] : 40);
var results = new List<SimulationResult>();
var simulations = Enumerable.Range(first, last - first + 1)
    .AsParallel().AsOrdered().WithMergeOptions(ParallelMergeOptions.NotBuffered)
    .Select(seed => new Simulation(seed, Clients, Weeks, Attacks).Run());
foreach (var result in simulations)
{
    results.Add(result);
    Say(
        $"seed {result.Seed,2}: attacks {result.Attacks.Count}, reported {result.Found.Count}, by the second scan ",
        $"{result.FoundInTime}, named {result.Named.Count}; false findings {result.False.Count}, most of one client ",
        $"{MostOfOne(result)}");
}

Console.WriteLine();
Say($"{"kind",-14}{"attacks",9}{"reported",10}{"in time",9}{"named",7}{"false",7}");
foreach (var kind in Enum.GetValues<AnomalyKind>())
{
    Say(
        $"{kind,-14}{Sum(r => r.Attacks.Count(a => a.Kind == kind)),9}{Sum(r => r.Found.Count(a => a.Kind == kind)),10}",
        $"{Sum(r => r.Attacks.Count(a => a.Kind == kind && r.IsInTime(a))),9}",
        $"{Sum(r => r.Named.Count(a => a.Kind == kind)),7}{Sum(r => r.False.Count(f => f.Finding.Kind == kind)),7}");
}

var attacks = Sum(r => r.Attacks.Count);
var months = (double)Clients * results.Count;
Console.WriteLine();
Say($"recall {100.0 * Sum(r => r.Found.Count) / attacks:0.0} %; by the second scan {100.0 * Sum(r => r.FoundInTime) / attacks:0.0} %");
Say(
    $"false findings per client and month {Sum(r => r.False.Count) / months:0.000}; clients with none {Share(0):0.0} %, with at most ",
    $"one {Share(1):0.0} %, most {results.Max(MostOfOne)}");
if (args.Contains("--list"))
{
    foreach (var result in results)
    {
        foreach (var attack in result.Attacks.Where(attack => !result.IsInTime(attack)))
        {
            Say($"late or missed: seed {result.Seed} {attack.ClientId} {attack.ClientKind} {attack.Kind} start {attack.Start:0.0} found {result.Found.Contains(attack)}");
        }

        foreach (var (slice, finding) in result.False)
        {
            var client = result.Clients.First(client => client.Id == finding.ClientId);
            Say(
                $"false: seed {result.Seed} {finding.ClientId} {client.Kind} age {(slice - client.Start) / 288.0:0.0} d ",
                $"{finding.Kind} {finding.Severity} {finding.Measure} seen {finding.Seen:0.##} expected {finding.Expected:0.##} ",
                $"threshold {finding.Threshold:0.##} at day {slice / 288.0:0.00}");
        }
    }
}

return;

int Sum(Func<SimulationResult, int> count) => results.Sum(count);

double Share(int most) => 100 * results.Sum(r => Clients - r.False.GroupBy(f => f.Finding.ClientId).Count(g => g.Count() > most)) / months;

static int MostOfOne(SimulationResult result) => result.False.GroupBy(f => f.Finding.ClientId).Select(g => g.Count()).DefaultIfEmpty(0).Max();

static void Say(params FormattableString[] parts) => Console.WriteLine(string.Concat(parts.Select(FormattableString.Invariant)));
